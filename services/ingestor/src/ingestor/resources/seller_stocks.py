"""Stocks at the seller's own warehouses. Source: `POST /api/analytics/v1/stocks-report/seller-warehouses`.

A full re-read each time, as of `stocks`: a row that a complete one does not contain is gone, its quantity 0.
"""

from datetime import timedelta

from contracts.stocks import SellerStocksUpdatedV1

from ingestor.resources import stocks
from ingestor.resources.columns import columns, observed, parser
from ingestor.resources.resource import Publishing, Resource, Storage
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS

COLUMNS = columns(*stocks.SHARED_COLUMNS, observed("observed_at"))
TABLE, parse = data_table("seller_stocks", COLUMNS), parser(COLUMNS)


RESOURCE = Resource(
    name="seller_stocks",
    method=METHODS["seller-stocks"],
    refresh=timedelta(minutes=5),
    reading=stocks.READING,
    storage=Storage(
        table=TABLE,
        parse=parse,
        untracked=frozenset({"observed_at"}),
        grouped_by="warehouse_id",
        vital=("quantity",),
        when_gone={"quantity": 0},
    ),
    publishing=Publishing(
        event=SellerStocksUpdatedV1,
        rows="stocks",
    ),
)

"""Stocks at the seller's own warehouses. Source: `POST /api/analytics/v1/stocks-report/seller-warehouses`.

A full re-read each time, as of `stocks`: a row that a complete one does not contain is gone, its quantity 0.
"""

from datetime import datetime, timedelta

import msgspec
from contracts.stocks import SellerStocksUpdatedV1
from sqlalchemy import BigInteger, Column, DateTime, Integer, Text

from ingestor.resources import offsets, stocks
from ingestor.resources.fields import Id, NmId, Units, text_or_none
from ingestor.resources.resource import Resource, Row
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS

TABLE = data_table(
    "seller_stocks",
    Column("nm_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chrt_id", BigInteger, primary_key=True, autoincrement=False),
    Column("warehouse_id", BigInteger, primary_key=True, autoincrement=False),
    Column("warehouse_name", Text),
    Column("region_name", Text),
    Column("quantity", Integer, nullable=False),
    Column("observed_at", DateTime(timezone=True), nullable=False),
)


class _WbStock(msgspec.Struct, rename="camel"):
    nm_id: NmId
    chrt_id: Id
    warehouse_id: Id
    quantity: Units
    warehouse_name: str | None = None
    region_name: str | None = None


_stock = msgspec.json.Decoder(_WbStock)


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """Units of one size at one warehouse, as WB had them when it answered."""
    wb = _stock.decode(raw)
    return (
        wb.nm_id,
        wb.chrt_id,
        wb.warehouse_id,
        text_or_none(wb.warehouse_name),
        text_or_none(wb.region_name),
        wb.quantity,
        observed_at,
    )


RESOURCE = Resource(
    name="seller_stocks",
    method=METHODS["seller-stocks"],
    table=TABLE,
    event=SellerStocksUpdatedV1,
    rows="stocks",
    refresh=timedelta(minutes=5),
    paging="`offset`, 250,000 rows",
    overlap="everything",
    begin=stocks.begin,
    ask=stocks.ask,
    read=stocks.read,
    parse=parse,
    advance=offsets.advance,
    unhashed=frozenset({"observed_at"}),
    emptied={"quantity": 0},
)

"""Stock at WB's warehouses and at the seller's, and what it was: days without stock are counted from that.

Of what is gone nothing is left.
"""

from collections.abc import Mapping

from contracts.envelope import EventData
from contracts.items import Section
from contracts.stocks import SellerStocksUpdatedV1, StockRemainsUpdatedV1, StocksUpdatedV1
from sqlalchemy import Table

from reporter import tables
from reporter.facts.newer_rows import Facts, History, moscow_day
from reporter.facts.touched import of_items

_QUANTITY = "CASE WHEN change = 'gone' THEN 0 ELSE quantity END"
_OF_A_DAY = {"day": moscow_day("observed_at"), "most": _QUANTITY}


def _stock(event: type[EventData], table: Table, history: Mapping[str, str], *, of_history: str = "true") -> Facts:
    return Facts(
        event,
        table,
        made={"quantity": _QUANTITY},
        sections=" UNION ".join(of_items(Section.STOCK, Section.VELOCITY, rows=rows) for rows in ("touched", "noted")),
        # Of a day the most, and what was left at its end: more is not asked of the past.
        history=History(tables.stock_days, {**history, **_OF_A_DAY}, of_history, greatest=("most",)),
    )


_BY_SIZE = {"barcode": "''", "tech_size": "''", "warehouse": "CAST(warehouse_id AS text)"}

STOCKS = _stock(StocksUpdatedV1, tables.stocks, {"source": "'wb'", **_BY_SIZE})
SELLER_STOCKS = _stock(SellerStocksUpdatedV1, tables.seller_stocks, {"source": "'own'", **_BY_SIZE})
# The other kinds of remains are on their way, or sums.
STOCK_REMAINS = _stock(
    StockRemainsUpdatedV1,
    tables.stock_remains,
    {"source": "'remains'", "chrt_id": "0", "warehouse": "warehouse_name"},
    of_history="kind = 'warehouse'",
)

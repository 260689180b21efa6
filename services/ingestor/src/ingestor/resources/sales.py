"""Sales and returns. Source: `GET /api/v1/supplier/sales` (statistics), rows by `lastChangeDate`, 80,000 a page.

A sale (`S…`) and its later return (`R…`) are two rows of one `srid`; the amounts of a return are negative. Money comes
up to 24 h after the row, which is then read again by the sweep. Exact amounts are in the finance report only.

A row without `saleID` is set aside until WB mends it. It could be told by `srid` and the sign of its money, but once
the id came back the sale would be there twice, and so would its money.
"""

from datetime import timedelta
from decimal import Decimal

from contracts.sales import SalesUpdatedV1
from sqlalchemy import Boolean

from ingestor.resources import statistics
from ingestor.resources.columns import (
    columns,
    ident,
    key,
    key_reader,
    made,
    moment,
    money,
    numbers,
    parser,
    text,
    whole,
)
from ingestor.resources.fields import NmId
from ingestor.resources.resource import Publishing, Resource, Storage, since_connected
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS

SALE, RETURN = "S", "R"
"""What `saleID` begins with."""


def _is_return(sale_id: str, *amounts: Decimal | None) -> bool:
    # WB names no other letter; should one come, the money tells.
    if sale_id[:1] in {SALE, RETURN}:
        return sale_id[0] == RETURN
    return any(amount is not None and amount < 0 for amount in amounts)


COLUMNS = columns(
    key(text("sale_id", wb="saleID")),
    text("srid"),
    made("is_return", Boolean, _is_return, "saleID", "totalPrice", "priceWithDisc", "forPay", nullable=False),
    text("g_number"),
    moment("sold_at", wb="date", required=True),
    moment("last_change_at", wb="lastChangeDate", required=True),
    ident("nm_id", kind=NmId, required=True),
    text("supplier_article"),
    text("barcode"),
    text("tech_size"),
    text("brand"),
    text("subject"),
    text("category"),
    text("warehouse_name"),
    text("warehouse_type"),
    text("country_name"),
    text("oblast_okrug_name"),
    text("region_name"),
    *money("total_price"),
    whole("discount_percent"),
    # A discount of the wallet that is 0 is none.
    *numbers("spp", "payment_sale_amount"),
    *money("price_with_disc", "finished_price", "for_pay"),
)
TABLE, parse = data_table("sales", COLUMNS), parser(COLUMNS)
key_of = key_reader(COLUMNS, mark="last_change_at")


RESOURCE = Resource(
    name="sales",
    method=METHODS["sales"],
    refresh=timedelta(minutes=5),
    renewed=timedelta(minutes=30),
    reading=statistics.READING,
    storage=Storage(
        table=TABLE,
        key_of=key_of,
        parse=parse,
        version="last_change_at",
        event_time="last_change_at",
        untracked=frozenset({"last_change_at"}),
    ),
    publishing=Publishing(
        event=SalesUpdatedV1,
        rows="sales",
        is_live=since_connected,
        in_sellers_currency=True,
    ),
)

"""Sales and returns. Source: `GET /api/v1/supplier/sales` (statistics), rows by `lastChangeDate`, 80,000 a page.

A sale (`S…`) and its later return (`R…`) are two rows of one `srid`; the amounts of a return are negative. Money comes
up to 24 h after the row, which is then read again by the sweep. Exact amounts are in the finance report only.

A row without `saleID` is set aside until WB mends it. It could be told by `srid` and the sign of its money, but once
the id came back the sale would be there twice, and so would its money.
"""

from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
from contracts.sales import SalesUpdatedV1
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Integer, Numeric, Text

from ingestor.resources import statistics
from ingestor.resources.fields import Int, KeyText, NmId, money, number
from ingestor.resources.resource import BrokenRow, Key, Resource, Row, since_connected
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moment

SALE, RETURN = "S", "R"
"""What `saleID` begins with."""

TABLE = data_table(
    "sales",
    Column("sale_id", Text, primary_key=True),
    Column("srid", Text),
    Column("is_return", Boolean, nullable=False),
    Column("g_number", Text),
    Column("sold_at", DateTime(timezone=True), nullable=False),
    Column("last_change_at", DateTime(timezone=True), nullable=False),
    Column("nm_id", BigInteger, nullable=False),
    Column("supplier_article", Text),
    Column("barcode", Text),
    Column("tech_size", Text),
    Column("brand", Text),
    Column("subject", Text),
    Column("category", Text),
    Column("warehouse_name", Text),
    Column("warehouse_type", Text),
    Column("country_name", Text),
    Column("oblast_okrug_name", Text),
    Column("region_name", Text),
    Column("total_price", Numeric(18, 2)),
    Column("discount_percent", Integer),
    Column("spp", Numeric(18, 2)),
    Column("payment_sale_amount", Numeric(18, 2)),
    Column("price_with_disc", Numeric(18, 2)),
    Column("finished_price", Numeric(18, 2)),
    Column("for_pay", Numeric(18, 2)),
)


class _Glimpse(msgspec.Struct, rename="camel", gc=False):
    last_change_date: str
    sale_id: KeyText = msgspec.field(name="saleID")


class _WbSale(msgspec.Struct, rename="camel", gc=False):
    date: str
    last_change_date: str
    nm_id: NmId
    sale_id: str = msgspec.field(name="saleID")
    srid: str | None = None
    g_number: str | None = None
    supplier_article: str | None = None
    barcode: str | None = None
    tech_size: str | None = None
    brand: str | None = None
    subject: str | None = None
    category: str | None = None
    warehouse_name: str | None = None
    warehouse_type: str | None = None
    country_name: str | None = None
    oblast_okrug_name: str | None = None
    region_name: str | None = None
    total_price: Decimal | None = None
    discount_percent: Int | None = None
    spp: Decimal | None = None
    payment_sale_amount: Decimal | None = None
    price_with_disc: Decimal | None = None
    finished_price: Decimal | None = None
    for_pay: Decimal | None = None


_sale = msgspec.json.Decoder(_WbSale)
_glimpse = msgspec.json.Decoder(_Glimpse)


def glance(raw: msgspec.Raw) -> tuple[Key, datetime]:
    """`saleID`, and the moment that pages are cut by."""
    wb = _glimpse.decode(raw)
    if not wb.sale_id:
        raise BrokenRow("saleID is empty")
    return (wb.sale_id,), moment(wb.last_change_date)


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """A sale or a return; money that is 0 is not known yet, a discount of the wallet that is 0 is none."""
    wb = _sale.decode(raw)
    return (
        wb.sale_id,
        wb.srid or None,
        _is_return(wb),
        wb.g_number or None,
        moment(wb.date),
        moment(wb.last_change_date),
        wb.nm_id,
        wb.supplier_article or None,
        wb.barcode or None,
        wb.tech_size or None,
        wb.brand or None,
        wb.subject or None,
        wb.category or None,
        wb.warehouse_name or None,
        wb.warehouse_type or None,
        wb.country_name or None,
        wb.oblast_okrug_name or None,
        wb.region_name or None,
        money(wb.total_price),
        wb.discount_percent,
        number(wb.spp),
        number(wb.payment_sale_amount),
        money(wb.price_with_disc),
        money(wb.finished_price),
        money(wb.for_pay),
    )


def _is_return(wb: _WbSale) -> bool:
    # WB names no other letter; should one come, the money tells.
    if wb.sale_id[:1] in {SALE, RETURN}:
        return wb.sale_id[0] == RETURN
    return any(amount is not None and amount < 0 for amount in (wb.total_price, wb.price_with_disc, wb.for_pay))


RESOURCE = Resource(
    name="sales",
    method=METHODS["sales"],
    table=TABLE,
    event=SalesUpdatedV1,
    rows="sales",
    refresh=timedelta(minutes=5),
    paging="`dateFrom` by `lastChangeDate`, about 80,000 rows",
    overlap="2 s; every hour 24 h",
    begin=statistics.begin,
    since=statistics.since,
    ask=statistics.ask,
    read=statistics.read,
    glance=glance,
    parse=parse,
    advance=statistics.advance,
    version="last_change_at",
    dated="last_change_at",
    unhashed=frozenset({"last_change_at"}),
    is_live=since_connected,
)

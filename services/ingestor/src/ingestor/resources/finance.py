"""Rows of weekly sales reports. Source: `POST /api/finance/v1/sales-reports/detailed`, ascending by `rrdId`.

A report appears on the morning after its week and is corrected for some time. An ordinary run asks for reports of the
days after the newest one it has (mostly there are none: one call); a sweep reads the last weeks again.

All fields are asked for: WB renames some now and then, and does not say what a call for an unknown field comes to.
"""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from contracts.finance import FinanceUpdatedV1
from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer, Numeric, Text

from ingestor.resources.fields import Id, Int, number, text_or_none
from ingestor.resources.resource import Key, Page, Position, Resource, Row, Seen, Start, Step
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import day_or_none, moment_or_never, moscow_day

FIRST_LOAD = timedelta(weeks=13)
"""How far the first load goes back; WB has rows since 2024-01-29."""

OVERLAP = timedelta(weeks=4)
"""What a sweep reads again."""

MAX_PAGE_ROWS = 30_000
"""WB would answer 100,000, but a row has up to 2.6 kB, and an answer may have 100 MB."""

_MONEY = Numeric(18, 2)

TABLE = data_table(
    "finance",
    Column("report_id", BigInteger, primary_key=True, autoincrement=False),
    Column("rrd_id", BigInteger, primary_key=True, autoincrement=False),
    Column("report_kind", Integer),
    Column("report_from", Date),
    Column("report_to", Date),
    Column("report_created", Date),
    Column("currency", Text),
    Column("doc_type_name", Text),
    Column("seller_oper_name", Text),
    Column("bonus_type_name", Text),
    Column("srid", Text),
    Column("order_uid", Text),
    Column("order_id", BigInteger),
    Column("gi_id", BigInteger),
    Column("nm_id", BigInteger),
    Column("sku", Text),
    Column("tech_size", Text),
    Column("vendor_code", Text),
    Column("subject", Text),
    Column("brand", Text),
    Column("ordered_at", DateTime(timezone=True)),
    Column("sold_at", DateTime(timezone=True)),
    Column("rr_date", Date),
    Column("quantity", Integer),
    Column("delivery_amount", Integer),
    Column("return_amount", Integer),
    Column("retail_price", _MONEY),
    Column("retail_price_with_disc", _MONEY),
    Column("retail_amount", _MONEY),
    Column("for_pay", _MONEY),
    Column("ppvz_sales_commission", _MONEY),
    Column("vw", _MONEY),
    Column("vw_nds", _MONEY),
    Column("acquiring_fee", _MONEY),
    Column("ppvz_reward", _MONEY),
    Column("delivery_service", _MONEY),
    Column("rebill_logistic_cost", _MONEY),
    Column("paid_storage", _MONEY),
    Column("paid_acceptance", _MONEY),
    Column("penalty", _MONEY),
    Column("additional_payment", _MONEY),
    Column("deduction", _MONEY),
    Column("payment_schedule", _MONEY),
    Column("installment_cofinancing_amount", _MONEY),
    Column("cashback_amount", _MONEY),
    Column("cashback_discount", _MONEY),
    Column("cashback_commission_change", _MONEY),
    Column("sale_percent", _MONEY),
    Column("product_discount_percent", _MONEY),
    Column("seller_promo_discount", _MONEY),
    Column("loyalty_discount", _MONEY),
    Column("spp", _MONEY),
    Column("commission_percent", _MONEY),
    Column("kvw_base", _MONEY),
    Column("kvw", _MONEY),
    Column("sup_rating_up", _MONEY),
    Column("is_kgvp_v2", _MONEY),
    Column("acquiring_percent", _MONEY),
    Column("dlv_prc", _MONEY),
    Column("warehouse_logistics_coeff", _MONEY),
    Column("payment_processing", Text),
    Column("office_name", Text),
    Column("country", Text),
    Column("delivery_method", Text),
    Column("is_b2b", Boolean),
)


class _Glimpse(msgspec.Struct, rename="camel", gc=False):
    report_id: Id
    rrd_id: Id
    date_to: str | None = None


class _Numbered(msgspec.Struct, rename="camel", gc=False):
    rrd_id: Id


class _WbRow(msgspec.Struct, rename="camel", gc=False):
    report_id: Id
    rrd_id: Id
    report_type: Int | None = None
    date_from: str | None = None
    date_to: str | None = None
    create_date: str | None = None
    currency: str | None = None
    doc_type_name: str | None = None
    document_type: str | None = None
    seller_oper_name: str | None = None
    bonus_type_name: str | None = None
    srid: str | None = None
    order_uid: str | None = None
    order_id: Id | None = None
    gi_id: Id | None = None
    nm_id: Id | None = None
    sku: str | None = None
    tech_size: str | None = None
    vendor_code: str | None = None
    subject_name: str | None = None
    brand_name: str | None = None
    order_dt: str | None = None
    sale_dt: str | None = None
    rr_date: str | None = None
    quantity: Int | None = None
    delivery_amount: Int | None = None
    return_amount: Int | None = None
    retail_price: Decimal | None = None
    retail_price_with_disc: Decimal | None = None
    retail_amount: Decimal | None = None
    for_pay: Decimal | None = None
    ppvz_sales_commission: Decimal | None = None
    vw: Decimal | None = None
    vw_nds: Decimal | None = None
    acquiring_fee: Decimal | None = None
    ppvz_reward: Decimal | None = None
    delivery_service: Decimal | None = None
    rebill_logistic_cost: Decimal | None = None
    paid_storage: Decimal | None = None
    paid_acceptance: Decimal | None = None
    penalty: Decimal | None = None
    additional_payment: Decimal | None = None
    deduction: Decimal | None = None
    payment_schedule: Decimal | None = None
    installment_cofinancing_amount: Decimal | None = None
    cashback_amount: Decimal | None = None
    cashback_discount: Decimal | None = None
    cashback_commission_change: Decimal | None = None
    sale_percent: Decimal | None = None
    product_discount_for_report: Decimal | None = None
    seller_promo_discount: Decimal | None = None
    loyalty_discount: Decimal | None = None
    spp: Decimal | None = None
    commission_percent: Decimal | None = None
    kvw_base: Decimal | None = None
    kvw: Decimal | None = None
    sup_rating_up: Decimal | None = None
    is_kgvp_v2: Decimal | None = msgspec.field(name="isKgvpV2", default=None)
    acquiring_percent: Decimal | None = None
    dlv_prc: Decimal | None = None
    warehouse_logistics_coeff: Decimal | None = None
    payment_processing: str | None = None
    office_name: str | None = None
    country: str | None = None
    delivery_method: str | None = None
    is_b2b: bool | None = msgspec.field(name="isB2b", default=None)


_rows = msgspec.json.Decoder(list[msgspec.Raw])
_glimpse = msgspec.json.Decoder(_Glimpse)
_numbered = msgspec.json.Decoder(_Numbered)
_row = msgspec.json.Decoder(_WbRow)


def begin(cursor: Position | None, start: Start) -> Position:
    """Where an interrupted pass stopped, else after the newest report; a sweep from four weeks before its end."""
    cursor = cursor or {}
    if "rrdId" in cursor and (cursor["thorough"] or not start.sweep):
        return cursor
    today, newest = moscow_day(start.now), cursor.get("newest")
    if newest is None:
        first = today - FIRST_LOAD
    elif start.sweep:
        first = date.fromisoformat(newest) - OVERLAP
    else:
        first = date.fromisoformat(newest) + timedelta(days=1)
    return {
        "newest": newest,
        "first": min(first, today).isoformat(),
        "last": today.isoformat(),
        "limit": min(MAX_PAGE_ROWS, start.page_rows),
        "rrdId": 0,
        "thorough": start.sweep or newest is None,
    }


def since(at: datetime) -> Position:
    """What a first position has instead, to begin with the report of a moment's week."""
    return {"first": moscow_day(at).isoformat()}


def ask(position: Position) -> dict[str, Any]:
    """Rows after the last one, of weekly reports that have a day in common with those days."""
    return {
        "json": {
            "dateFrom": position["first"],
            "dateTo": position["last"],
            "period": "weekly",
            "limit": position["limit"],
            "rrdId": position["rrdId"],
        }
    }


def read(body: bytes) -> Page:
    """The answer is an array of rows; 204 has no body and no rows."""
    return Page(_rows.decode(body)) if body else Page([])


def glance(raw: msgspec.Raw) -> tuple[Key, str | None]:
    """Report and row, and the day on which the report's week ends."""
    wb = _glimpse.decode(raw)
    ends_on = day_or_none(wb.date_to)
    return (wb.report_id, wb.rrd_id), ends_on.isoformat() if ends_on else None


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """A row; 0 is a number in it, and no id."""
    wb = _row.decode(raw)
    return (
        wb.report_id,
        wb.rrd_id,
        wb.report_type,
        day_or_none(wb.date_from),
        day_or_none(wb.date_to),
        day_or_none(wb.create_date),
        wb.currency or None,
        wb.doc_type_name or text_or_none(wb.document_type),
        wb.seller_oper_name or None,
        wb.bonus_type_name or None,
        wb.srid or None,
        wb.order_uid or None,
        wb.order_id or None,
        wb.gi_id or None,
        wb.nm_id or None,
        wb.sku or None,
        wb.tech_size or None,
        wb.vendor_code or None,
        wb.subject_name or None,
        wb.brand_name or None,
        moment_or_never(wb.order_dt),
        moment_or_never(wb.sale_dt),
        day_or_none(wb.rr_date),
        wb.quantity,
        wb.delivery_amount,
        wb.return_amount,
        number(wb.retail_price),
        number(wb.retail_price_with_disc),
        number(wb.retail_amount),
        number(wb.for_pay),
        number(wb.ppvz_sales_commission),
        number(wb.vw),
        number(wb.vw_nds),
        number(wb.acquiring_fee),
        number(wb.ppvz_reward),
        number(wb.delivery_service),
        number(wb.rebill_logistic_cost),
        number(wb.paid_storage),
        number(wb.paid_acceptance),
        number(wb.penalty),
        number(wb.additional_payment),
        number(wb.deduction),
        number(wb.payment_schedule),
        number(wb.installment_cofinancing_amount),
        number(wb.cashback_amount),
        number(wb.cashback_discount),
        number(wb.cashback_commission_change),
        number(wb.sale_percent),
        number(wb.product_discount_for_report),
        number(wb.seller_promo_discount),
        number(wb.loyalty_discount),
        number(wb.spp),
        number(wb.commission_percent),
        number(wb.kvw_base),
        number(wb.kvw),
        number(wb.sup_rating_up),
        number(wb.is_kgvp_v2),
        number(wb.acquiring_percent),
        number(wb.dlv_prc),
        number(wb.warehouse_logistics_coeff),
        wb.payment_processing or None,
        wb.office_name or None,
        wb.country or None,
        wb.delivery_method or None,
        wb.is_b2b,
    )


def advance(position: Position, seen: Seen) -> Step:
    """On from the last row, until WB has nothing more (204) or its rows do not lead on."""
    # A report that ends later than today would keep all others from being asked for.
    ends = [end for end in (*seen.marks, position["newest"]) if end and end <= position["last"]]
    newest = max(ends, default=None)
    last = _last_number(seen)
    if last is None or last <= position["rrdId"]:
        return Step({"newest": newest}, done=True)
    return Step({**position, "newest": newest, "rrdId": last}, done=False)


def _last_number(seen: Seen) -> int | None:
    for raw in reversed(seen.rows):
        try:
            return _numbered.decode(raw).rrd_id
        except msgspec.MsgspecError:
            continue
    return None


RESOURCE = Resource(
    name="finance",
    method=METHODS["finance"],
    table=TABLE,
    event=FinanceUpdatedV1,
    rows="rows",
    refresh=timedelta(hours=6),
    paging="`rrdId`, 30,000 rows; 204 is the end",
    overlap="none; every day 4 weeks",
    sweep=timedelta(days=1),
    begin=begin,
    since=since,
    ask=ask,
    read=read,
    glance=glance,
    parse=parse,
    advance=advance,
)

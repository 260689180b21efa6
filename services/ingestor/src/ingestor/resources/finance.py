"""Rows of weekly sales reports. Source: `POST /api/finance/v1/sales-reports/detailed`, ascending by `rrdId`.

A report appears on the morning after its week and is corrected for some time. An ordinary run asks for reports of the
days after the newest one it has (mostly there are none: one call); a sweep reads the last weeks again.

All fields are asked for: WB renames some now and then, and does not say what a call for an unknown field comes to.
"""

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from contracts.finance import FinanceUpdatedV1
from sqlalchemy import Text

from ingestor.resources import answers
from ingestor.resources.columns import (
    columns,
    currency,
    day,
    flag,
    ident,
    ident_or_none,
    key,
    key_reader,
    made,
    moment,
    numbers,
    parser,
    text,
    whole,
)
from ingestor.resources.fields import Id
from ingestor.resources.resource import (
    Key,
    Page,
    Position,
    Publishing,
    Reading,
    Resource,
    Seen,
    Start,
    Step,
    Storage,
    Stretch,
    Within,
    same_page,
)
from ingestor.resources.stretches import first_and_last_day, kept_since, windows_of
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moscow_day, moscow_midnight

FIRST_LOAD = timedelta(weeks=13)
"""How far the first load goes back."""

NEWEST = timedelta(weeks=2)
"""What a first load reads at least before news are read: the last report at least."""

FIRST_DAY = date(2024, 1, 29)
"""WB has rows since then."""

OVERLAP = timedelta(weeks=4)
"""What a sweep reads again."""

MAX_PAGE_ROWS = 30_000
"""WB would answer 100,000, but a row has up to 2.6 kB, and an answer may have 100 MB."""


def _either(name: str | None, older_name: str | None) -> str | None:
    return name or older_name or None


COLUMNS = columns(
    key(ident("report_id")),
    key(ident("rrd_id")),
    whole("report_kind", wb="reportType"),
    day("report_from", wb="dateFrom"),
    day("report_to", wb="dateTo"),
    day("report_created", wb="createDate"),
    currency(),
    made("doc_type_name", Text, _either, "docTypeName", "documentType", kind=str),
    text("seller_oper_name"),
    text("bonus_type_name"),
    text("srid"),
    text("order_uid"),
    # 0 is a number in a row, and no id.
    ident_or_none("order_id"),
    ident_or_none("gi_id"),
    ident_or_none("nm_id"),
    text("sku"),
    text("tech_size"),
    text("vendor_code"),
    text("subject", wb="subjectName"),
    text("brand", wb="brandName"),
    moment("ordered_at", wb="orderDt"),
    moment("sold_at", wb="saleDt"),
    day("rr_date"),
    whole("quantity"),
    whole("delivery_amount"),
    whole("return_amount"),
    *numbers(
        "retail_price",
        "retail_price_with_disc",
        "retail_amount",
        "for_pay",
        "ppvz_sales_commission",
        "vw",
        "vw_nds",
        "acquiring_fee",
        "ppvz_reward",
        "delivery_service",
        "rebill_logistic_cost",
        "paid_storage",
        "paid_acceptance",
        "penalty",
        "additional_payment",
        "deduction",
        "payment_schedule",
        "installment_cofinancing_amount",
        "cashback_amount",
        "cashback_discount",
        "cashback_commission_change",
        "sale_percent",
    ),
    *numbers("product_discount_percent", wb="productDiscountForReport"),
    *numbers(
        "seller_promo_discount",
        "loyalty_discount",
        "spp",
        "commission_percent",
        "kvw_base",
        "kvw",
        "sup_rating_up",
    ),
    *numbers("is_kgvp_v2", wb="isKgvpV2"),
    *numbers("acquiring_percent", "dlv_prc", "warehouse_logistics_coeff"),
    text("payment_processing"),
    text("office_name"),
    text("country"),
    text("delivery_method"),
    flag("is_b2b", wb="isB2b"),
)
TABLE, parse = data_table("finance", COLUMNS), parser(COLUMNS)
_key_and_end = key_reader(COLUMNS, mark="report_to")


class _Numbered(msgspec.Struct, rename="camel", gc=False):
    rrd_id: Id


_numbered = msgspec.json.Decoder(_Numbered)


def begin(cursor: Position | None, start: Start) -> Position:
    """Where an interrupted pass stopped, else after the newest report; a sweep from four weeks before its end."""
    cursor = cursor or {}
    if "rrdId" in cursor and (cursor["thorough"] or not start.sweep):
        return cursor
    today, newest = moscow_day(start.now), cursor.get("newest")
    if newest is None:
        first = today - start.depth(FIRST_LOAD, NEWEST)
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


def within(stretch: Stretch, start: Start) -> Position:
    """Where the reading of the reports of a stretch begins, those of its first and last week whole."""
    first, last = first_and_last_day(stretch, start.now)
    days = {"first": first.isoformat(), "last": last.isoformat()}
    return {**begin(None, start), **days}


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
    return Page(answers.rows(body))


def key_of(raw: msgspec.Raw) -> tuple[Key, datetime | None]:
    """Report and row, and the beginning of the day on which the report's week ends."""
    found, ends_on = _key_and_end(raw)
    return found, moscow_midnight(ends_on) if ends_on else None


def advance(position: Position, seen: Seen) -> Step:
    """On from the last row, until WB has nothing more (204) or its rows do not lead on."""
    # A report that ends later than today would keep all others from being asked for.
    ends = [moscow_day(mark).isoformat() for mark in set(seen.marks) if mark is not None]
    ends = [end for end in (*ends, position["newest"]) if end and end <= position["last"]]
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
    refresh=timedelta(hours=6),
    changes_by_itself=True,
    reading=Reading(
        paging="`rrdId`, 30,000 rows; 204 is the end",
        overlap="none; every day 4 weeks",
        sweep=timedelta(days=1),
        begin=begin,
        since=since,
        ask=ask,
        read=read,
        advance=advance,
        again=same_page,
        within=Within(
            cut=windows_of(FIRST_LOAD),
            position=within,
            earliest=kept_since(FIRST_DAY),
            first_load=FIRST_LOAD,
            newest=NEWEST,
        ),
    ),
    storage=Storage(
        table=TABLE,
        key_of=key_of,
        parse=parse,
    ),
    publishing=Publishing(
        event=FinanceUpdatedV1,
        rows="rows",
        states_currency=True,
    ),
    codes=frozenset({"docTypeName", "sellerOperName", "deliveryMethod"}),
)

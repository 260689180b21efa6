"""WB's commission by subject and sale model. Source: `GET /api/v1/tariffs/commission`, a full re-read each time.

Which rates a row has depends on the seller's country: six sale models in Russia, three in Uzbekistan, which are told by
the same columns here, and one rate for all models in China, Turkey and the Emirates.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from contracts.tariffs import TariffsCommissionUpdatedV1
from sqlalchemy import BigInteger, Column, Date, Text

from ingestor.resources import at_once, tariffs
from ingestor.resources.fields import Id, number, text_or_none
from ingestor.resources.resource import Page, Position, Resource, Row
from ingestor.resources.table import data_table, history_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moscow_day

TABLE = data_table(
    "tariffs_commission",
    Column("subject_id", BigInteger, primary_key=True, autoincrement=False),
    Column("subject_name", Text),
    Column("parent_id", BigInteger),
    Column("parent_name", Text),
    *tariffs.figures(
        "paid_storage_kgvp",
        "kgvp_marketplace",
        "kgvp_supplier",
        "kgvp_supplier_express",
        "kgvp_pickup",
        "kgvp_booking",
        "kgvp",
    ),
    Column("read_on", Date, nullable=False),
)
HISTORY = history_table(TABLE)

_STEP = Decimal("0.0001")


class _WbFee(msgspec.Struct, rename="camel"):
    subject_id: Id = msgspec.field(name="subjectID")
    subject_name: str | None = None
    parent_id: Id | None = msgspec.field(name="parentID", default=None)
    parent_name: str | None = None
    paid_storage_kgvp: Decimal | None = None
    kgvp_marketplace: Decimal | None = None
    kgvp_supplier: Decimal | None = None
    kgvp_supplier_express: Decimal | None = None
    kgvp_pickup: Decimal | None = None
    kgvp_booking: Decimal | None = None
    kgvp_paid_storage_uz: Decimal | None = None
    kgvp_marketplace_uz: Decimal | None = None
    kgvp_supplier_uz: Decimal | None = None
    kgvp_china: Decimal | None = None
    kgvp_turkey: Decimal | None = None
    kgvp_uae: Decimal | None = msgspec.field(name="kgvpUAE", default=None)


class _WbAnswer(msgspec.Struct):
    # Required: an answer without it must not be taken for the end of all tariffs.
    report: list[msgspec.Raw] | None


_answer = msgspec.json.Decoder(_WbAnswer)
_fee = msgspec.json.Decoder(_WbFee)


def ask(position: Position) -> dict[str, Any]:
    """All subjects, by their Russian names, which cards have too."""
    return {"params": {"locale": "ru"}}


def read(body: bytes) -> Page:
    """Rows under `report`."""
    return Page(_answer.decode(body).report or [])


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """The rates of a subject in percent of the price; 0 is a rate, absent is unknown."""
    wb = _fee.decode(raw)
    rates = (
        _first(wb.paid_storage_kgvp, wb.kgvp_paid_storage_uz),
        _first(wb.kgvp_marketplace, wb.kgvp_marketplace_uz),
        _first(wb.kgvp_supplier, wb.kgvp_supplier_uz),
        wb.kgvp_supplier_express,
        wb.kgvp_pickup,
        wb.kgvp_booking,
        _first(wb.kgvp_china, wb.kgvp_turkey, wb.kgvp_uae),
    )
    return (
        wb.subject_id,
        text_or_none(wb.subject_name),
        wb.parent_id,
        text_or_none(wb.parent_name),
        *(number(rate, _STEP) for rate in rates),
        moscow_day(observed_at),
    )


def _first(*rates: Decimal | None) -> Decimal | None:
    return next((rate for rate in rates if rate is not None), None)


RESOURCE = Resource(
    name="tariffs_commission",
    method=METHODS["commission-tariffs"],
    table=TABLE,
    event=TariffsCommissionUpdatedV1,
    rows="tariffs",
    refresh=timedelta(hours=12),
    paging="none",
    overlap="everything",
    begin=at_once.begin,
    ask=ask,
    read=read,
    parse=parse,
    advance=at_once.advance,
    unhashed=frozenset({"read_on"}),
    emptied={},
    history=HISTORY,
)

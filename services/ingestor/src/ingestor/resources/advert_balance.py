"""What a seller has for advertising: one row, keyed by its currency. Source: `GET /adv/v1/balance`."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from contracts.adverts import AdvertBalanceUpdatedV1
from sqlalchemy import Column, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB

from ingestor.resources import at_once
from ingestor.resources.fields import KeyText, number
from ingestor.resources.resource import Page, Position, Resource, Row
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moment_or_never

TABLE = data_table(
    "advert_balance",
    Column("currency", Text, primary_key=True),
    Column("balance", Numeric(18, 2), nullable=False),
    Column("net", Numeric(18, 2)),
    Column("bonus", Numeric(18, 2)),
    Column("cashbacks", JSONB, nullable=False),
)


class _WbCashback(msgspec.Struct):
    sum: Decimal
    percent: Decimal | None = None
    expiration_date: str | None = None


class _WbBalance(msgspec.Struct):
    balance: Decimal
    currency: KeyText | None = None
    net: Decimal | None = None
    bonus: Decimal | None = None
    cashbacks: list[_WbCashback] | None = None


class _WbAnswer(msgspec.Struct):
    # Required: an answer without it is none of this method.
    balance: msgspec.Raw


_answer = msgspec.json.Decoder(_WbAnswer)
_balance = msgspec.json.Decoder(_WbBalance)


def ask(position: Position) -> dict[str, Any]:
    """There is nothing to ask for."""
    return {}


def read(body: bytes) -> Page:
    """The answer is the row."""
    _answer.decode(body)
    return Page([msgspec.Raw(body)])


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """Money in whole units of the currency (roubles where WB does not say), cashbacks as WB orders them."""
    wb = _balance.decode(raw)
    return (
        wb.currency or "RUB",
        number(wb.balance),
        number(wb.net),
        number(wb.bonus),
        msgspec.json.encode([_cashback(each) for each in wb.cashbacks or ()]).decode(),
    )


def _cashback(wb: _WbCashback) -> dict[str, Any]:
    return {"sum": number(wb.sum), "percent": number(wb.percent), "expires_at": moment_or_never(wb.expiration_date)}


RESOURCE = Resource(
    name="advert_balance",
    method=METHODS["advert-balance"],
    table=TABLE,
    event=AdvertBalanceUpdatedV1,
    rows="balances",
    refresh=timedelta(minutes=15),
    paging="none: one row",
    overlap="everything",
    begin=at_once.begin,
    ask=ask,
    read=read,
    parse=parse,
    advance=at_once.advance,
    emptied={},
)

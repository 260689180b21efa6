"""What a seller has for advertising: one row, keyed by its currency. Source: `GET /adv/v1/balance`."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
from contracts.adverts import AdvertBalanceUpdatedV1
from sqlalchemy import Text

from contracts import currency as currencies
from ingestor.resources import answers, whole_lists
from ingestor.resources.columns import columns, json_list, key, made, numbers, parser
from ingestor.resources.fields import KeyText, number
from ingestor.resources.resource import Page, Publishing, Resource, Storage
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moment_or_never


class _WbCashback(msgspec.Struct):
    sum: Decimal
    percent: Decimal | None = None
    expiration_date: str | None = None


def _cashback(wb: _WbCashback) -> dict[str, Any]:
    return {"sum": number(wb.sum), "percent": number(wb.percent), "expires_at": moment_or_never(wb.expiration_date)}


def _currency(stated: str | None) -> str:
    return currencies.currency(stated) or stated or currencies.ROUBLE


COLUMNS = columns(
    # Money in whole units of the currency; cashbacks as WB orders them.
    key(made("currency", Text(), _currency, "currency", kind=KeyText), optional=True),
    *numbers("balance", required=True),
    *numbers("net", "bonus"),
    json_list("cashbacks", kind=list[_WbCashback], of=_cashback),
)
TABLE, parse = data_table("advert_balance", COLUMNS), parser(COLUMNS)

_SUMS = ("net", "bonus", "cashbacks")
_answer = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read(body: bytes) -> Page:
    """The answer is the row."""
    if answers.is_nothing(body):
        return Page([])
    answer = _answer.decode(body)
    if "balance" in answer:
        return Page([msgspec.Raw(body)])
    if answers.ENVELOPE in answer and answer.keys().isdisjoint(_SUMS) and not answers.is_flagged(answer):
        return read(bytes(answer[answers.ENVELOPE]))
    answers.must_be_nothing(answer, "balance")
    if not answer.keys().isdisjoint(_SUMS):
        raise msgspec.ValidationError("no balance")
    return Page([])


RESOURCE = Resource(
    name="advert_balance",
    method=METHODS["advert-balance"],
    refresh=timedelta(minutes=15),
    reading=whole_lists.whole_list(read=read),
    storage=Storage(
        table=TABLE,
        parse=parse,
        when_gone={},
    ),
    publishing=Publishing(
        event=AdvertBalanceUpdatedV1,
        rows="balances",
    ),
)

"""Campaigns, their statistics, budgets and spending on advert-api."""

import json
from datetime import datetime
from typing import Any

from wbsim import limits
from wbsim.campaigns import ALIVE
from wbsim.errors import Refusal, advert_refusal, advert_text, advert_too_long, switched_off
from wbsim.methods import Answer, Call, Method, PlainRow
from wbsim.orders import RowJson, serialise
from wbsim.sections.adverts import (
    LONGEST_DAYS,
    SHOWN,
    advert_row,
    balance_row,
    budget_row,
    count_rows,
    spend_rows,
    stats_row,
    with_status,
)
from wbsim.times import DAY_SECONDS, MOSCOW
from wbsim.validation import Check, array, integer, record, text

MAX_IDS = 50
STATUSES = frozenset({-1, 4, 7, 8, 9, 11})
_BUDGETS = record({"advertIds": array(integer(), MAX_IDS)}, frozenset({"advertIds"}))


async def promotion_count(call: Call) -> Answer:
    """All campaign ids by type and status."""
    _query(call, {}, ())
    groups = count_rows(call.shop)
    tail = json.dumps({"all": sum(group["count"] for group in groups)})[1:].encode()
    return Answer(
        _rows(groups, "status"), b'{"adverts":[', b"]," + tail, identity="status", numbers=("count",), ordered=False
    )


async def adverts(call: Call) -> Answer:
    """Campaigns by id, status and kind of payment; all of them unless asked otherwise."""
    query = _query(call, {"ids": text, "statuses": text, "payment_type": text}, ())
    payment = query.get("payment_type")
    if payment not in {None, "cpm", "cpc"}:
        raise _bad_request("invalid payment_type value")
    statuses = _integers(query, "statuses", len(STATUSES))
    if not statuses <= STATUSES:
        raise _bad_request("invalid statuses value")
    ids = _integers(query, "ids", MAX_IDS)
    found = [
        advert_row(campaign, call.shop.currency.code)
        for campaign in with_status(call.shop, statuses or STATUSES)
        if (not ids or campaign.advert_id in ids) and payment in {None, campaign.payment_type}
    ]
    return Answer(_rows(found, "id"), b'{"adverts":[', b"]}", identity="id", numbers=("status",), ordered=False)


async def fullstats(call: Call) -> Answer:
    """Statistics by day, platform and card of campaigns that are or were shown; others are left out."""
    query = _query(call, {"ids": text, "beginDate": text, "endDate": text}, ("ids", "beginDate", "endDate"))
    ids = _integers(query, "ids", MAX_IDS)
    try:
        first, last = _midnight(query["beginDate"]), _midnight(query["endDate"])
    except ValueError:
        raise _bad_request("invalid beginDate or endDate") from None
    if last < first:
        raise _bad_request("beginDate is after endDate")
    if last - first >= LONGEST_DAYS * DAY_SECONDS:
        raise advert_too_long(LONGEST_DAYS)
    found = [
        stats_row(call.shop, campaign, first, last, call.now)
        for campaign in with_status(call.shop, SHOWN)
        if campaign.advert_id in ids
    ]
    rows = _rows([row for row in found if row], "advertId")
    return Answer(rows, identity="advertId", numbers=("views", "sum"), ordered=False)


async def spend(call: Call) -> Answer:
    """Documents of actual spending; a wrong request gets plain text."""
    names = frozenset({"from", "to"})
    query = dict(call.request.query_params)
    if problems := record(dict.fromkeys(names, text), names)("", query):
        raise advert_text("; ".join(problems))
    try:
        first, last = _midnight(query["from"]), _midnight(query["to"])
    except ValueError:
        raise advert_text("Некорректная дата") from None
    if not 0 <= last - first < LONGEST_DAYS * DAY_SECONDS:
        raise advert_text("Некорректный интервал: минимум 1 день, максимум 31")
    rows = _rows(spend_rows(call.shop, first, last, call.now), "updNum")
    return Answer(rows, identity="updNum", numbers=("updSum", "advertId"), ordered=False)


async def balance(call: Call) -> Answer:
    """The account that pays for campaigns."""
    _query(call, {}, ())
    return Answer(head=serialise(balance_row(call.shop, call.now)), tail=b"")


async def budgets(call: Call) -> Answer:
    """What is left of the budgets of campaigns that are or may be shown; others are left out."""
    try:
        body = json.loads(await call.request.body())
    except ValueError:
        raise _bad_budgets("the body is not JSON") from None
    problems = _BUDGETS("", body) + [f"{name}: unknown parameter" for name in call.request.query_params]
    if not problems and not body["advertIds"]:
        problems = ["advertIds: at least 1 item"]
    if problems:
        raise _bad_budgets("; ".join(problems))
    wanted = set(body["advertIds"])
    found = [campaign for campaign in with_status(call.shop, ALIVE) if campaign.advert_id in wanted]
    rows = _rows([budget_row(call.shop, campaign, call.now) for campaign in found], "advertId")
    return Answer(rows, b'{"adverts":[', b"]}", identity="advertId", numbers=("total",), ordered=False)


async def budget(call: Call) -> Answer:
    """`GET /adv/v1/budget`: WB has switched it off on 2026-11-16."""
    raise switched_off()


def _rows(rows: list[RowJson], key: str) -> list[PlainRow]:
    return [PlainRow(str(row[key]), serialise(row)) for row in rows]


def _query(call: Call, fields: dict[str, Check], required: tuple[str, ...]) -> dict[str, Any]:
    query = dict(call.request.query_params)
    if problems := record(fields, frozenset(required))("", query):
        raise _bad_request("; ".join(problems))
    return query


def _integers(query: dict[str, str], name: str, most: int) -> set[int]:
    """The numbers of a list with commas, none where it is not in the query."""
    if name not in query:
        return set()
    items = query[name].split(",")
    if len(items) > most or not all(item.removeprefix("-").isdecimal() for item in items):
        raise _bad_request(f"invalid {name}")
    return {int(item) for item in items}


def _midnight(date: str) -> int:
    return int(datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=MOSCOW).timestamp())


def _bad_request(detail: str) -> Refusal:
    return advert_refusal(400, "invalid payload", detail)


def _bad_budgets(detail: str) -> Refusal:
    return Refusal(400, json.dumps(detail, ensure_ascii=False).encode())


METHODS = (
    Method("GET", "/adv/v1/promotion/count", "advert-api", limits.PROMOTION_COUNT, promotion_count),
    Method("GET", "/api/advert/v2/adverts", "advert-api", limits.ADVERTS, adverts),
    Method("GET", "/adv/v3/fullstats", "advert-api", limits.FULLSTATS, fullstats),
    Method("GET", "/adv/v1/upd", "advert-api", limits.ADVERT_SPEND, spend),
    Method("GET", "/adv/v1/balance", "advert-api", limits.ADVERT_BALANCE, balance),
    Method("POST", "/api/advert/v2/budget", "advert-api", limits.ADVERT_BUDGETS, budgets),
    Method("GET", "/adv/v1/budget", "advert-api", limits.ADVERT_BUDGET, budget),
)

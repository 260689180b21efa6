"""The content service: cards in `updatedAt` order, and those in the trash in `trashedAt` order, behind a cursor."""

import json
from collections.abc import Callable
from operator import itemgetter
from typing import Any

from wbsim import limits
from wbsim.catalogue import PHOTO_BASE, Product
from wbsim.errors import content_bad_request, content_unreadable
from wbsim.methods import Answer, Call, Method, PlainRow
from wbsim.orders import serialise
from wbsim.sections.trash import trash_row, trashed
from wbsim.times import card_time, parse_card_time
from wbsim.validation import Check, array, boolean, integer, nullable, one_of, record, text

Position = tuple[int, int]
"""Microseconds and nmID: cards are listed in this order."""

_CURSOR = record({"limit": integer(1, 100), "updatedAt": nullable(text), "nmID": integer(0)})
_FILTER = record(
    {
        "withPhoto": one_of(-1, 0, 1, 2),
        "textSearch": text,
        "tagIDs": array(integer()),
        "allowedCategoriesOnly": boolean,
        "objectIDs": array(integer()),
        "brands": array(text),
        "imtID": integer(),
    }
)
_SETTINGS = record({"sort": record({"ascending": boolean}), "filter": _FILTER, "cursor": _CURSOR})
_BODY = record({"settings": _SETTINGS})
_TRASH_CURSOR = record({"limit": integer(1, 100), "trashedAt": nullable(text), "nmID": nullable(integer(0))})
_TRASH_FILTER = record({"textSearch": nullable(text)})
_TRASH_SETTINGS = record({"sort": record({"ascending": boolean}), "filter": _TRASH_FILTER, "cursor": _TRASH_CURSOR})
_TRASH = record({"settings": _TRASH_SETTINGS})
_QUERY = record({"locale": one_of("ru", "en", "zh")})


async def cards(call: Call) -> Answer:
    """The next cards after the cursor; fewer than the limit means that these are the last."""
    settings = await _settings(call, _BODY)
    found = [
        ((card.updated_at, card.nm_id), card)
        for card in call.shop.listed()
        if _matches(card, settings.get("filter", {}))
    ]
    return _answer(call, settings, found, "updatedAt", Product.body, ("subjectID", "imtID"))


async def trash(call: Call) -> Answer:
    """The next cards in the trash after the cursor; fewer than the limit means that these are the last."""
    settings = await _settings(call, _TRASH)
    sought = settings.get("filter", {}).get("textSearch")
    found = [((call.shop.trash[card.nm_id], card.nm_id), card) for card in trashed(call.shop) if _found(card, sought)]
    return _answer(
        call, settings, found, "trashedAt", lambda card: serialise(trash_row(call.shop, card)), ("subjectID",)
    )


async def _settings(call: Call, check: Check) -> dict[str, Any]:
    try:
        body = json.loads(await call.request.body())
    except ValueError:
        raise content_unreadable() from None
    problems = check("", body) + _QUERY("", dict(call.request.query_params))
    if problems:
        raise content_bad_request(problems)
    settings: dict[str, Any] = body.get("settings", {})
    return settings


def _answer(
    call: Call,
    settings: dict[str, Any],
    found: list[tuple[Position, Product]],
    moment: str,
    body: Callable[[Product], bytes],
    numbers: tuple[str, ...],
) -> Answer:
    """A page in the order of the positions; `moment` is what the cursor calls their first half."""
    cursor = settings.get("cursor", {})
    ascending = settings.get("sort", {}).get("ascending", False)
    found.sort(key=itemgetter(0), reverse=not ascending)
    after = _after(cursor, moment)
    if after is not None:
        found = [each for each in found if (each[0] > after if ascending else each[0] < after)]
    page = found[: cursor.get("limit", 10)]
    base = str(call.request.base_url).rstrip("/").encode()
    rows = [PlainRow(str(card.nm_id), body(card).replace(PHOTO_BASE.encode(), base)) for _, card in page]
    next_cursor = {name: cursor[name] for name in (moment, "nmID") if cursor.get(name) is not None}
    if page:
        microseconds, nm_id = page[-1][0]
        next_cursor = {moment: card_time(microseconds), "nmID": nm_id}
    tail = json.dumps({"cursor": next_cursor | {"total": len(page)}})[1:].encode()
    return Answer(rows, b'{"cards":[', b"]," + tail, identity="nmID", numbers=numbers)


def _after(cursor: dict[str, Any], moment: str) -> Position | None:
    if cursor.get(moment) is None:
        return None
    try:
        return parse_card_time(cursor[moment]), cursor.get("nmID") or 0
    except ValueError:
        raise content_bad_request([f"settings.cursor.{moment}: must be a time as answered"]) from None


def _found(card: Product, sought: str | None) -> bool:
    return not sought or sought in {card.vendor_code, str(card.nm_id), *(size.barcode for size in card.sizes)}


def _matches(card: Product, wanted: dict[str, Any]) -> bool:
    photo = wanted.get("withPhoto", 0)
    tags = {tag["id"] for tag in card.card["tags"]}
    return (
        (photo not in {1, 2} or (photo == 1) == (card.photos > 0))
        and _found(card, wanted.get("textSearch"))
        and (not wanted.get("tagIDs") or not tags.isdisjoint(wanted["tagIDs"]))
        and (not wanted.get("objectIDs") or card.kind.subject_id in wanted["objectIDs"])
        and (not wanted.get("brands") or card.brand in wanted["brands"])
        and wanted.get("imtID", card.imt_id) == card.imt_id
    )


METHODS = (
    Method("POST", "/content/v2/get/cards/list", "content-api", limits.CARDS, cards, sandbox=True),
    Method("POST", "/content/v2/get/cards/trash", "content-api", limits.CARDS_TRASH, trash, sandbox=True),
)

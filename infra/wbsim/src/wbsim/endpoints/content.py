"""`POST /content/v2/get/cards/list`: cards in `updatedAt` order behind a cursor."""

import json
from typing import Any

from wbsim import limits
from wbsim.catalogue import PHOTO_BASE, Product
from wbsim.errors import content_bad_request, content_unreadable
from wbsim.methods import Answer, Call, Method, PlainRow
from wbsim.times import card_time, parse_card_time
from wbsim.validation import array, boolean, integer, nullable, one_of, record, text

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
_QUERY = record({"locale": one_of("ru", "en", "zh")})


async def cards(call: Call) -> Answer:
    """The next cards after the cursor; fewer than the limit means that these are the last."""
    try:
        body = json.loads(await call.request.body())
    except ValueError:
        raise content_unreadable() from None
    problems = _BODY("", body) + _QUERY("", dict(call.request.query_params))
    if problems:
        raise content_bad_request(problems)
    settings = body.get("settings", {})
    cursor = settings.get("cursor", {})
    ascending = settings.get("sort", {}).get("ascending", False)
    found = [card for card in call.shop.products.values() if _matches(card, settings.get("filter", {}))]
    found.sort(key=_position, reverse=not ascending)
    after = _after(cursor)
    if after is not None:
        found = [card for card in found if (_position(card) > after if ascending else _position(card) < after)]
    page = found[: cursor.get("limit", 10)]
    base = str(call.request.base_url).rstrip("/").encode()
    rows = [PlainRow(str(card.nm_id), card.body().replace(PHOTO_BASE.encode(), base)) for card in page]
    next_cursor = {name: cursor[name] for name in ("updatedAt", "nmID") if cursor.get(name) is not None}
    if page:
        next_cursor = {"updatedAt": card_time(page[-1].updated_at), "nmID": page[-1].nm_id}
    tail = json.dumps({"cursor": next_cursor | {"total": len(page)}})[1:].encode()
    return Answer(rows, b'{"cards":[', b"]," + tail, identity="nmID", numbers=("subjectID", "imtID"))


def _position(card: Product) -> tuple[int, int]:
    return card.updated_at, card.nm_id


def _after(cursor: dict[str, Any]) -> tuple[int, int] | None:
    updated_at = cursor.get("updatedAt")
    if updated_at is None:
        return None
    try:
        return parse_card_time(updated_at), cursor.get("nmID", 0)
    except ValueError:
        raise content_bad_request(["settings.cursor.updatedAt: must be a time as answered"]) from None


def _matches(card: Product, wanted: dict[str, Any]) -> bool:
    photo = wanted.get("withPhoto", 0)
    sought = wanted.get("textSearch")
    tags = {tag["id"] for tag in card.card["tags"]}
    return (
        (photo not in {1, 2} or (photo == 1) == (card.photos > 0))
        and (not sought or sought in {card.vendor_code, str(card.nm_id), *(size.barcode for size in card.sizes)})
        and (not wanted.get("tagIDs") or not tags.isdisjoint(wanted["tagIDs"]))
        and (not wanted.get("objectIDs") or card.kind.subject_id in wanted["objectIDs"])
        and (not wanted.get("brands") or card.brand in wanted["brands"])
        and wanted.get("imtID", card.imt_id) == card.imt_id
    )


METHODS = (Method("POST", "/content/v2/get/cards/list", "content-api", limits.CARDS, cards, sandbox=True),)

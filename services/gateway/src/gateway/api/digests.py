"""`/digests`: what days, weeks and months came to."""

from datetime import date
from typing import Annotated

from contracts.digests import DigestKind
from fastapi import APIRouter, Path, Query, Response

from gateway import digests
from gateway.answers.form import Answered, Listed
from gateway.api.auth import Reading
from gateway.api.form import AskedList, described, visible_cabinets
from gateway.api.names import OneCabinet
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem
from gateway.digests import Digest, DigestQuery, ListedDigest, Place

router = APIRouter(prefix="/digests", tags=["digests"])


@router.get("", **described(Listed[ListedDigest], "digests", is_list=True))
async def list_digests(
    answer: Reading,
    parts: UsedParts,
    asked: AskedList,
    cabinet_id: OneCabinet = None,
    kind: DigestKind | None = None,
    first_day: Annotated[date | None, Query(alias="from", description="that begin on this Moscow day or later")] = None,
    last_day: Annotated[
        date | None,
        Query(alias="to", description="that end on this Moscow day or earlier; before `from`: 422 `period_invalid`"),
    ] = None,
) -> Response:
    """Digests of periods that have ended, those that began last first."""
    if first_day and last_day and first_day > last_day:
        raise Problem(422, "period_invalid", "`from` is after `to`.")
    cabinets = visible_cabinets(answer, cabinet_id)
    query = DigestQuery(cabinets=cabinets, kind=kind, first_day=first_day, last_day=last_day)
    return await asked.answer(answer, lambda window: digests.page(parts.reads, query, window))


@router.get("/{digest_id}", **described(Answered[Digest], "digest"))
async def get_digest(
    answer: Reading,
    parts: UsedParts,
    digest_id: Annotated[str, Path(max_length=100, description="of the list, or of another period spelt likewise")],
) -> Response:
    """One digest in its newest revision: orders, sales, adverts, estimated profit and plan beside the period before,
    why they changed, what runs out, reviews."""
    cabinets = visible_cabinets(answer, None)
    try:
        place = Place.parse(digest_id)
    except ValueError:
        raise _digest_not_found() from None
    found = await digests.find(parts.reads, cabinets, place)
    if found is None:
        raise _digest_not_found()
    digest, age = found
    return answer.of(digest, age=age)


def _digest_not_found() -> Problem:
    return Problem(404, "digest_not_found", "You have no digest with this id.")

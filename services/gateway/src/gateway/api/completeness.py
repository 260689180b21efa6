"""`/sync/completeness`: what is known of every day of a cabinet's data, and what is missing."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from contracts.model import Count, Model, Moment
from contracts.syncs import ResourceName
from fastapi import APIRouter, Query, Response
from pydantic import Field

from gateway import completeness
from gateway.answers.form import Answered
from gateway.api.auth import Reading
from gateway.api.cabinets import cabinet_not_found
from gateway.api.parts import UsedParts
from gateway.api.problems import answered
from gateway.completeness import LedgerDay, ResourceLedger

router = APIRouter(prefix="/sync", tags=["syncs"])

_DAY = timedelta(days=1)


class CompletenessGap(Model):
    """What is, or was, missing of a day of Moscow."""

    day: date
    kind: Literal["late", "hidden", "known_elsewhere", "refused"] = Field(
        description="late: rows that were missing, found when the day was read again, and stored: healed; hidden: "
        "stored rows that Wildberries did not show when it was read again; known_elsewhere: orders that reports or "
        "assembly tasks name, and the list of orders never had; refused: Wildberries does not answer about the day"
    )
    rows: Count | None = Field(description="how many; null: not known")
    found_at: Moment | None


class ComparedDay(Model):
    """A day of Moscow, as it was when it was read again."""

    day: date
    rows: Count
    hash: str = Field(
        pattern="^[0-9a-f]{16}$", description="of the rows' contents, whatever their order: equal where they are"
    )
    asked_at: Moment = Field(description="when it was read and compared last")


class ResourceCompleteness(Model):
    """What is known of one resource."""

    resource: str
    is_compared: bool = Field(
        description="read again at night day by day; else each reading has all that Wildberries tells, and `read_at` "
        "says it all"
    )
    first_load_done: bool
    read_at: Moment | None = Field(description="the last complete reading of news")
    asked_at: Moment | None = Field(
        description="when all days from `since` to `until` had been compared; null: not yet"
    )
    since: date | None
    until: date | None = Field(description="the last of these days")
    is_reading: bool = Field(description="days are being read again just now")
    nights_left: Count | None = Field(description="until all days have been; the token's limits may take several")
    next_at: Moment | None = Field(description="when its next turn is")
    error: str | None = Field(description="why the last turn came to nothing; it is tried again in the next night")
    unreadable: Count = Field(description="rows that could not be read, up to 10,000; they are asked for again")
    gaps: tuple[CompletenessGap, ...] = Field(description="the newest day first")
    windows: tuple[ComparedDay, ...] = Field(description="the newest day first; empty unless `resource` was named")


class Completeness(Model):
    """How complete a cabinet's data are."""

    cabinet_id: UUID
    resources: tuple[ResourceCompleteness, ...] = Field(description="by name")


EXAMPLE: Mapping[str, Any] = {
    "cabinet_id": "01a20c2b-7a5e-7c3e-9d0a-1c2f5b7e9a11",
    "resources": [
        {
            "resource": "orders",
            "is_compared": True,
            "first_load_done": True,
            "read_at": "2026-11-20T11:01:18Z",
            "asked_at": "2026-11-20T00:14:03Z",
            "since": "2026-08-23",
            "until": "2026-11-19",
            "is_reading": False,
            "nights_left": 0,
            "next_at": "2026-11-21T00:12:41Z",
            "error": None,
            "unreadable": 0,
            "gaps": [{"day": "2026-09-14", "kind": "late", "rows": 212, "found_at": "2026-11-20T00:13:30Z"}],
            "windows": [
                {"day": "2026-11-19", "rows": 204, "hash": "3f0c9a1be7720d55", "asked_at": "2026-11-20T00:14:03Z"}
            ],
        }
    ],
}


@router.get("/completeness", **answered(Answered[Completeness], 404, example=EXAMPLE))
async def get_sync_completeness(
    answer: Reading,
    parts: UsedParts,
    cabinet_id: Annotated[UUID, Query(description="a cabinet")],
    resource: Annotated[
        ResourceName | None, Query(description="one of its resources, with all its days; else all, with their gaps")
    ] = None,
) -> Response:
    """What is known of each day of a cabinet's data: when it was read again, its rows and their hash, and what was
    missing. Every night days are read again as far back as Wildberries keeps them; what was missing is stored then."""
    if cabinet_id not in answer.cabinets:
        raise cabinet_not_found()
    async with parts.database.transaction() as connection:
        ledgers = await completeness.ledgers(connection, cabinet_id, resource)
        days = await completeness.days(connection, cabinet_id, resource)
    of: dict[str, list[LedgerDay]] = {each.resource: [] for each in ledgers}
    for day in days:
        of.setdefault(day.resource, []).append(day)
    shown = tuple(_resource(each, of[each.resource], with_windows=resource is not None) for each in ledgers)
    # Not kept: the ingestor goes on without telling of every step.
    return answer.of(Completeness(cabinet_id=cabinet_id, resources=shown))


def _resource(ledger: ResourceLedger, days: list[LedgerDay], *, with_windows: bool) -> ResourceCompleteness:
    gaps = [
        *_gaps(days),
        *(CompletenessGap(day=day, kind="refused", rows=None, found_at=None) for day in ledger.refused_days),
    ]
    left = (ledger.nights or 0) if ledger.is_reading else max((ledger.nights or 0) - 1, 0)
    return ResourceCompleteness(
        resource=ledger.resource,
        is_compared=ledger.is_compared,
        first_load_done=ledger.first_load_done,
        read_at=ledger.last_success_at,
        asked_at=ledger.whole_at,
        since=ledger.whole_since,
        until=None if ledger.whole_until is None else ledger.whole_until - _DAY,
        is_reading=ledger.is_reading,
        nights_left=left if ledger.is_compared and ledger.nights is not None else None,
        next_at=None if ledger.is_reading else ledger.due_at,
        error=ledger.error,
        unreadable=ledger.unreadable,
        gaps=tuple(sorted(gaps, key=lambda gap: (gap.day, gap.kind), reverse=True)),
        windows=tuple(_windows(ledger, days)) if with_windows else (),
    )


def _gaps(days: Iterable[LedgerDay]) -> Iterator[CompletenessGap]:
    for day in days:
        if day.late:
            yield CompletenessGap(day=day.day, kind="late", rows=day.late, found_at=day.late_at)
        if day.hidden:
            yield CompletenessGap(day=day.day, kind="hidden", rows=day.hidden, found_at=day.asked_at)
        if day.known_elsewhere:
            yield CompletenessGap(day=day.day, kind="known_elsewhere", rows=day.known_elsewhere, found_at=day.asked_at)


def _windows(ledger: ResourceLedger, days: list[LedgerDay]) -> Iterator[ComparedDay]:
    """The days of the ledger, and those without a row of it that were compared: they have nothing."""
    known = {day.day: day for day in days}
    compared = _compared_days(ledger)
    for day in sorted(known.keys() | compared, reverse=True):
        found = known.get(day)
        moments = [found.asked_at] if found else []
        if day in compared and ledger.whole_at is not None:
            moments.append(ledger.whole_at)
        rows, content = (found.rows, found.hash) if found else (0, 0)
        yield ComparedDay(day=day, rows=rows, hash=f"{content:016x}", asked_at=max(moments))


def _compared_days(ledger: ResourceLedger) -> frozenset[date]:
    if ledger.whole_since is None or ledger.whole_until is None:
        return frozenset()
    days = (ledger.whole_until - ledger.whole_since).days
    return frozenset(ledger.whole_since + n * _DAY for n in range(days))

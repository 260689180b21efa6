"""Digests: what days, weeks and months of a cabinet came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from uuid import UUID

from contracts.digests import (
    MAX_RUNNING_OUT,
    CurrencyDigest,
    DigestKind,
    ReviewsOfPeriod,
    RunningOut,
    SourceAge,
)
from contracts.model import Count, Model, Moment
from pydantic import ConfigDict, Field

from gateway import freshness
from gateway.freshness import Freshness
from gateway.lists import Branches, Listing, Page, Window
from gateway.replica import Reads
from gateway.sorting import Key, Sorting

SOURCES = ("orders", "sales")

_SHOWN = ConfigDict(json_schema_serialization_defaults_required=True)


class ListedDigest(Model):
    """A digest in a list."""

    digest_id: str = Field(description="the same in every revision")
    cabinet_id: UUID
    kind: DigestKind
    first_day: date
    last_day: date
    revision: int = Field(description="counts from 1 how often it was prepared: late data change a period")
    prepared_at: Moment


class SourceAgeThen(SourceAge):
    """How old the data of a source were when the digest was prepared."""


class Digest(ListedDigest):
    """What a period came to, and why it changed.."""

    model_config = _SHOWN

    previous_first_day: date
    previous_last_day: date
    currencies: tuple[CurrencyDigest, ...] = Field(description="by their codes; empty: nothing happened")
    running_out: tuple[RunningOut, ...] = Field(max_length=MAX_RUNNING_OUT, description="the soonest first")
    running_out_count: Count
    reviews: ReviewsOfPeriod
    freshness: tuple[SourceAgeThen, ...] = Field(description="by the names of docs/resources.md")


@dataclass(frozen=True)
class DigestQuery:
    """Which digests of which cabinets."""

    cabinets: Sequence[UUID]
    kind: DigestKind | None = None
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True)
class Place:
    """What tells a digest from all others."""

    cabinet_id: UUID
    kind: DigestKind
    first_day: date

    def __str__(self) -> str:
        return f"{self.cabinet_id}.{self.kind.value}.{self.first_day.isoformat()}"

    @classmethod
    def parse(cls, digest_id: str) -> Self:
        """The place that an id names.

        Raises:
            ValueError: it is no id of a digest.
        """
        cabinet_id, kind, first_day = digest_id.split(".")
        place = cls(UUID(cabinet_id), DigestKind(kind), date.fromisoformat(first_day))
        if str(place) != digest_id:
            raise ValueError("spelt otherwise")
        return place


_COLUMNS = "cabinet_id, kind, first_day, last_day, revision, prepared_at"
_NEWEST_FIRST = Sorting(
    "-first_day",
    (Key("first_day", "date"), Key("kind", "text"), Key("cabinet_id", "uuid")),
    descending=True,
)
_FIND = f"""
SELECT {_COLUMNS}, body FROM reporter_published.digests
WHERE cabinet_id = :cabinet_id AND kind = :kind AND first_day = CAST(:first_day AS date)
"""


def listing(query: DigestQuery) -> Listing:
    """The list of a query."""
    conditions, values = list[str](), dict[str, Any]()
    if query.kind is not None:
        conditions.append("kind = :kind")
        values["kind"] = query.kind.value
    for name, condition in (("first_day", "first_day >="), ("last_day", "last_day <=")):
        if getattr(query, name) is not None:
            conditions.append(f"{condition} CAST(:{name} AS date)")
            values[name] = getattr(query, name)
    return Listing(
        "reporter_published.digests", _COLUMNS, conditions, values, _NEWEST_FIRST, Branches.of(query.cabinets)
    )


async def page(reads: Reads, query: DigestQuery, window: Window) -> Page[ListedDigest]:
    """A page of digests, the newest period first; with a total where it is read by offset.

    Raises:
        NotACursor: the cursor is none of this list.
    """
    found = listing(query)
    async with reads.showing(query.cabinets) as shown:
        rows = await found.page(shown, window)
        total = await found.total(shown, window, rows)
        age = await freshness.read(shown, query.cabinets, SOURCES)
    digests = [ListedDigest.model_validate({**row, "digest_id": _id(row)}) for row in rows.rows]
    return Page(digests, rows.next_cursor, total, age)


async def find(reads: Reads, cabinets: Sequence[UUID], place: Place) -> tuple[Digest, Freshness] | None:
    """One digest in its newest revision; none: the cabinets have no such digest."""
    async with reads.showing(cabinets) as shown:
        key = {"cabinet_id": place.cabinet_id, "kind": place.kind.value, "first_day": place.first_day}
        row = await shown.row(_FIND, key)
    if row is None:
        return None
    digest = Digest.model_validate({**row["body"], **row, "digest_id": _id(row)})
    return digest, Freshness(digest.prepared_at, stale=False)


def _id(row: Any) -> str:
    return str(Place(row["cabinet_id"], DigestKind(row["kind"]), row["first_day"]))

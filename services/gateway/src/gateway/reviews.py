"""What buyers wrote of items: feedbacks, and which of them wait for an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.model import Model, Moment, NmId
from pydantic import ConfigDict, Field

from gateway import freshness, wb_commands
from gateway.freshness import Freshness
from gateway.lists import Bounds, Branches, Listing, Page, Window
from gateway.moscow_days import begin_of, end_of
from gateway.replica import Reads
from gateway.sorting import Key, Sorting
from gateway.wb_commands import LastCommand
from gateway.words import containing

SOURCES = ("feedbacks",)

MOST_COUNTED = 1_000


class AnswerState(StrEnum):
    """Which feedbacks or questions are listed."""

    ANY = "any"
    WAITING = "waiting"
    ANSWERED = "answered"


class Review(Model):
    """A feedback as Wildberries last told of it, without who left it. Unknown is null."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    review_id: str = Field(description="WB's id of the feedback")
    cabinet_id: UUID
    created_at: Moment
    nm_id: NmId | None
    product_name: str | None
    supplier_article: str | None
    brand: str | None
    subject: str | None
    size: str | None = Field(description="as labelled on the card")
    color: str | None
    stars: int | None = Field(description="1 to 5")
    text: str | None
    pros: str | None
    cons: str | None
    tags: tuple[str, ...] = Field(description="that the buyer chose")
    matching_size: str | None = Field(description="ok, smaller or bigger")
    order_status: str | None = Field(description="buyout, rejected, returned or notSpecified")
    bought_at: Moment | None
    is_waiting: bool = Field(description="it has words, and no answer, or one that was rejected")
    answer_text: str | None
    answer_state: str | None = Field(description="none, wbRu (shown), reviewRequired or rejected")
    answer_editable: bool | None = Field(description="may have changed since")
    last_command: LastCommand | None = Field(description="the answer that was written here last, or is being written")
    parent_id: str | None = Field(description="the feedback that this one adds to; its stars are counted there")
    child_id: str | None = Field(description="the feedback that adds to this one")


@dataclass(frozen=True)
class ReviewQuery:
    """Which feedbacks of which cabinets."""

    cabinets: Sequence[UUID]
    state: AnswerState = AnswerState.ANY
    stars: int | None = None
    nm_id: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    text: str | None = None


_COLUMNS = """
    cabinet_id, id, created_at, nm_id, product_name, supplier_article, brand, subject, size, color, valuation, text,
    pros, cons, bables, matching_size, order_status, bought_at, is_waiting, answer_text, answer_state, answer_editable,
    parent_id, child_id
"""
NEWEST_FIRST = Sorting("-created_at", (Key("created_at", "timestamptz"), Key("id", "text")), descending=True)
_FIND = f"""
SELECT {_COLUMNS} FROM reporter_published.feedbacks
WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[])) AND id = CAST(:id AS text) ORDER BY cabinet_id LIMIT 1
"""


def listing(query: ReviewQuery) -> Listing:
    """The list of a query: read from the index of the first of its conditions that has one, the others are checked."""
    by_index = {
        "nm_id = :nm_id": query.nm_id is not None,
        "is_waiting": query.state is AnswerState.WAITING,
        "valuation = :stars": query.stars is not None,
    }
    asked = [condition for condition, is_asked in by_index.items() if is_asked]
    checks = asked[1:]
    if query.state is AnswerState.ANSWERED:
        checks.append("answer_text IS NOT NULL AND answer_state IS DISTINCT FROM 'rejected'")
    if query.text is not None:
        checks.append(containing("text", "pros", "cons", "answer_text"))
    given = {"nm_id": query.nm_id, "stars": query.stars, "text": query.text}
    return Listing(
        "reporter_published.feedbacks",
        _COLUMNS,
        asked[:1],
        {name: value for name, value in given.items() if value is not None},
        NEWEST_FIRST,
        Branches.of(query.cabinets),
        bounds=Bounds(begin_of(query.first_day), end_of(query.last_day)),
        checks=checks,
        count_to=MOST_COUNTED,
    )


async def page(reads: Reads, query: ReviewQuery, window: Window) -> Page[Review]:
    """A page of feedbacks, the newest first.

    Raises:
        NotACursor: the cursor is none of this list.
    """
    found = listing(query)
    async with reads.showing(query.cabinets) as shown:
        rows = await found.page(shown, window)
        total = await found.total(shown, window, rows)
        commands = await wb_commands.last_of(shown, "review", rows.rows)
        age = await freshness.read(shown, query.cabinets, SOURCES)
    return Page([_shown(row, commands) for row in rows.rows], rows.next_cursor, total, age)


async def find(reads: Reads, cabinets: Sequence[UUID], review_id: str) -> tuple[Review, Freshness] | None:
    """One feedback; none: the cabinets have none with this id."""
    async with reads.showing(cabinets) as shown:
        row = await shown.row(_FIND, {"cabinets": list(cabinets), "id": review_id})
        if row is None:
            return None
        commands = await wb_commands.last_of(shown, "review", [row])
        age = await freshness.read(shown, [row["cabinet_id"]], SOURCES)
    return _shown(row, commands), age


def _shown(row: Any, commands: Mapping[tuple[UUID, str], LastCommand]) -> Review:
    named = {"review_id": row["id"], "stars": row["valuation"], "tags": row["bables"]}
    return Review.model_validate({**row, **named, "last_command": commands.get((row["cabinet_id"], row["id"]))})

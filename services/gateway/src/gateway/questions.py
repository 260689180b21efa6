"""What buyers ask about items, and which of it waits for an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from contracts.model import Model, Moment, NmId
from pydantic import ConfigDict, Field

from gateway import freshness, wb_commands
from gateway.freshness import Freshness
from gateway.lists import Bounds, Branches, Listing, Page, Window
from gateway.moscow_days import begin_of, end_of
from gateway.replica import Reads
from gateway.reviews import MOST_COUNTED, NEWEST_FIRST, AnswerState
from gateway.wb_commands import LastCommand
from gateway.words import containing

SOURCES = ("questions",)


class Question(Model):
    """A question as Wildberries last told of it, without who asks. Unknown is null."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    question_id: str = Field(description="WB's id of the question")
    cabinet_id: UUID
    created_at: Moment
    nm_id: NmId | None
    product_name: str | None
    supplier_article: str | None
    brand: str | None
    text: str | None
    state: str | None = Field(description="suppliersPortalSynch (new), wbRu (answered and shown) or none (rejected)")
    is_waiting: bool = Field(description="it has no answer, and was not rejected")
    answer_text: str | None
    answered_at: Moment | None
    answer_editable: bool | None = Field(description="may have changed since")
    last_command: LastCommand | None = Field(description="what was written here last, or is being written")
    is_warned: bool | None = Field(description="WB finds it suspicious")


@dataclass(frozen=True)
class QuestionQuery:
    """Which questions about the items of which cabinets."""

    cabinets: Sequence[UUID]
    state: AnswerState = AnswerState.ANY
    nm_id: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    text: str | None = None


_COLUMNS = """
    cabinet_id, id, created_at, nm_id, product_name, supplier_article, brand, text, state, is_waiting, answer_text,
    answered_at, answer_editable, is_warned
"""
_FIND = f"""
SELECT {_COLUMNS} FROM reporter_published.questions
WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[])) AND id = CAST(:id AS text) ORDER BY cabinet_id LIMIT 1
"""


def listing(query: QuestionQuery) -> Listing:
    """The list of a query: read from the index of the first of its conditions that has one, the others are checked."""
    by_index = {"nm_id = :nm_id": query.nm_id is not None, "is_waiting": query.state is AnswerState.WAITING}
    asked = [condition for condition, is_asked in by_index.items() if is_asked]
    checks = asked[1:]
    if query.state is AnswerState.ANSWERED:
        checks.append("answer_text IS NOT NULL")
    if query.text is not None:
        checks.append(containing("text", "answer_text"))
    given = {"nm_id": query.nm_id, "text": query.text}
    return Listing(
        "reporter_published.questions",
        _COLUMNS,
        asked[:1],
        {name: value for name, value in given.items() if value is not None},
        NEWEST_FIRST,
        Branches.of(query.cabinets),
        bounds=Bounds(begin_of(query.first_day), end_of(query.last_day)),
        checks=checks,
        count_to=MOST_COUNTED,
    )


async def page(reads: Reads, query: QuestionQuery, window: Window) -> Page[Question]:
    """A page of questions, the newest first.

    Raises:
        NotACursor: the cursor is none of this list.
    """
    found = listing(query)
    async with reads.showing(query.cabinets) as shown:
        rows = await found.page(shown, window)
        total = await found.total(shown, window, rows)
        commands = await wb_commands.last_of(shown, "question", rows.rows)
        age = await freshness.read(shown, query.cabinets, SOURCES)
    return Page([_shown(row, commands) for row in rows.rows], rows.next_cursor, total, age)


async def find(reads: Reads, cabinets: Sequence[UUID], question_id: str) -> tuple[Question, Freshness] | None:
    """One question; none: the cabinets have none with this id."""
    async with reads.showing(cabinets) as shown:
        row = await shown.row(_FIND, {"cabinets": list(cabinets), "id": question_id})
        if row is None:
            return None
        commands = await wb_commands.last_of(shown, "question", [row])
        age = await freshness.read(shown, [row["cabinet_id"]], SOURCES)
    return _shown(row, commands), age


def _shown(row: Any, commands: Mapping[tuple[UUID, str], LastCommand]) -> Question:
    last = commands.get((row["cabinet_id"], row["id"]))
    return Question.model_validate({**row, "question_id": row["id"], "last_command": last})

"""What users have written at Wildberries, and how far each of it has come.

The ingestor carries it out (`contracts.wb_commands`); here is what was asked for, and the newest that was heard of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

from contracts.envelope import Event, EventData
from contracts.model import Count, Model, Moment
from contracts.wb_commands import (
    QuestionAnswerRequestedV1,
    ReviewAnswerRequestedV1,
    WbCommandChangedV1,
    WbCommandState,
)
from pydantic import ConfigDict, Field
from servicekit import clock, outbox
from servicekit.events import new_event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from gateway import noting
from gateway.lists import Branches, Listing, Page, Window
from gateway.reading import Row, Shown
from gateway.replica import Reads
from gateway.sorting import Key, Sorting

KEEP_DAYS = 100
"""How long it can be asked what became of one."""

About = Literal["review", "question"]
CommandKind = Literal["review_answer", "review_answer_edit", "question_answer", "question_reject"]

EXAMPLE: Mapping[str, Any] = {
    "command_id": "01a20c2b-a11d-7c3e-9d0a-1c2f5b7e9a51",
    "cabinet_id": "01a20c2b-7a5e-7c3e-9d0a-1c2f5b7e9a11",
    "kind": "review_answer",
    "subject": "Hk3vWpQBcXz8YtR5NaLd",
    "text": "Спасибо за отзыв! Передали про рукава технологу.",
    "state": "requested",
    "code": None,
    "reason": None,
    "attempts": 0,
    "asked_by": 123456789,
    "asked_at": "2026-11-20T11:59:30Z",
    "changed_at": "2026-11-20T11:59:30Z",
    "next_try_at": None,
    "ended_at": None,
}


class LastCommand(Model):
    """What was written last of a feedback or question, or is being written."""

    command_id: UUID
    kind: CommandKind
    text: str
    state: WbCommandState
    code: str | None
    reason: str | None
    asked_at: Moment


class WbCommand(Model):
    """Something that somebody had written at Wildberries."""

    model_config = ConfigDict(json_schema_extra={"examples": [dict(EXAMPLE)]})

    command_id: UUID
    cabinet_id: UUID
    kind: CommandKind
    subject: str = Field(description="WB's id of the feedback or question")
    text: str
    state: WbCommandState = Field(
        description="requested: it waits to be sent; sent: WB accepted it, and it is being read back; unknown: WB has "
        "not answered, and whether it was done is being found out; confirmed: WB has it; refused: WB does not take it, "
        "or it came to nothing; cancelled: the cabinet was disconnected. sent and unknown end, with the code "
        "`unresolved`, where WB did not let it be read back in a week"
    )
    code: str | None = Field(
        description="what it waits for (`limit`, `unavailable`, `unanswered`, `token_rejected`, `payment_required`, "
        "`scope_refused`, `switched_off`, `token_unreadable`) or was refused for (`refused`, `moderation`, "
        "`not_found`, `not_shown`, `answered_otherwise`, `too_late`), or `unresolved`; there will be new ones"
    )
    reason: str | None = Field(description="the same in words, WB's own where it gave some")
    attempts: Count = Field(description="how often it was sent; again only when it had no effect")
    asked_by: int = Field(description="Telegram user id")
    asked_at: Moment
    changed_at: Moment
    next_try_at: Moment | None = Field(description="when it is gone on with; null: at once, or never")
    ended_at: Moment | None = Field(description="null: it is under way")


# Who is second finds the first one's unfinished.
_REQUEST = text("""
INSERT INTO wb_commands (cabinet_id, command_id, kind, about, subject, words, asked_by, asked_at, changed_at)
VALUES (:cabinet_id, :command_id, :kind, :about, :subject, :words, :user, :now, :now)
ON CONFLICT (cabinet_id, about, subject) WHERE ended_at IS NULL DO NOTHING
RETURNING command_id
""")
_COLUMNS = """
    command_id, cabinet_id, kind, subject, words AS text, state, code, reason, attempts, asked_by, asked_at, changed_at,
    next_try_at, ended_at
"""
_FIND = f"""
SELECT {_COLUMNS} FROM wb_commands
WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[])) AND command_id = :command_id
"""
_LAST = """
SELECT last.* FROM unnest(CAST(:cabinets AS uuid[]), CAST(:subjects AS text[])) AS wanted (cabinet_id, subject)
CROSS JOIN LATERAL (
    SELECT cabinet_id, subject, command_id, kind, words AS text, state, code, reason, asked_at FROM wb_commands own
    WHERE own.cabinet_id = wanted.cabinet_id AND own.about = :about AND own.subject = wanted.subject
    ORDER BY asked_at DESC LIMIT 1
) AS last
"""
_CHANGE = text("""
UPDATE wb_commands SET state = :state, code = :code, reason = :reason, attempts = :attempts, revision = :revision,
    changed_at = :changed_at, next_try_at = :next_try_at, ended_at = :ended_at
WHERE cabinet_id = :cabinet_id AND command_id = :command_id AND revision < :revision
""")
_NEWEST_FIRST = Sorting("-asked_at", (Key("asked_at", "timestamptz"), Key("command_id", "uuid")), descending=True)


async def request(
    connection: AsyncConnection, *, cabinet_id: UUID, kind: CommandKind, subject: str, words: str, user: int
) -> UUID | None:
    """Ask for something to be written, and announce it; None: something is being written of the subject already."""
    command_id = uuid7()
    values = {
        "cabinet_id": cabinet_id,
        "command_id": command_id,
        "kind": kind,
        "about": kind.partition("_")[0],
        "subject": subject,
        "words": words,
        "user": user,
        "now": clock.now(),
    }
    if await connection.scalar(_REQUEST, values) is None:
        return None
    noting.done_to(command_id=command_id)
    data: EventData
    if kind in {"review_answer", "review_answer_edit"}:
        data = ReviewAnswerRequestedV1(
            command_id=command_id,
            review_id=subject,
            text=words,
            edits=kind == "review_answer_edit",
            requested_by=user,
        )
    else:
        data = QuestionAnswerRequestedV1(
            command_id=command_id,
            question_id=subject,
            text=words,
            rejects=kind == "question_reject",
            requested_by=user,
        )
    await outbox.append(connection, [new_event(data, cabinet_id=cabinet_id)])
    return command_id


async def find(shown: Shown, cabinets: Sequence[UUID], command_id: UUID) -> WbCommand | None:
    """One command of these cabinets."""
    row = await shown.row(_FIND, {"cabinets": list(cabinets), "command_id": command_id})
    return None if row is None else WbCommand.model_validate(dict(row))


def listing(cabinets: Sequence[UUID]) -> Listing:
    """All commands of these cabinets."""
    return Listing("wb_commands", _COLUMNS, [], {}, _NEWEST_FIRST, Branches.of(cabinets))


async def page(reads: Reads, cabinets: Sequence[UUID], window: Window) -> Page[WbCommand]:
    """A page of commands, those asked for last first; with a total where it is read by offset.

    Raises:
        NotACursor: the cursor is none of this list.
    """
    found = listing(cabinets)
    async with reads.showing(cabinets) as shown:
        rows = await found.page(shown, window)
        total = await found.total(shown, window, rows)
    return Page([WbCommand.model_validate(dict(row)) for row in rows.rows], rows.next_cursor, total, None)


async def last_of(shown: Shown, about: About, rows: Iterable[Row]) -> dict[tuple[UUID, str], LastCommand]:
    """The newest command about each of these feedbacks or questions, by cabinet and id."""
    wanted = [(row["cabinet_id"], row["id"]) for row in rows]
    values = {"about": about, "cabinets": [cabinet for cabinet, _ in wanted], "subjects": [key for _, key in wanted]}
    found = await shown.rows(_LAST, values)
    return {(row["cabinet_id"], row["subject"]): LastCommand.model_validate(dict(row)) for row in found}


async def record_change(connection: AsyncConnection, event: Event[WbCommandChangedV1]) -> None:
    """Keep what became of a command; what came late, and a command that is not known, is passed over."""
    data = event.data
    values = data.model_dump(exclude={"kind", "subject"})
    ended_at = data.changed_at if data.has_ended else None
    await connection.execute(_CHANGE, {**values, "cabinet_id": event.cabinetid, "ended_at": ended_at})

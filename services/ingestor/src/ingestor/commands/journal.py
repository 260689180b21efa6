"""`wb_commands`: what is to be written at WB, how far each command has come, and who carries it on.

A command is marked as `sending` before its request leaves, in a transaction of its own. Whoever finds it so later knows
that it may have been carried out.
"""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.envelope import Event
from contracts.wb_commands import WbCommandChangedV1, WbCommandState
from contracts.wb_token import TokenKind
from servicekit import clock, outbox
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.causes import Cause, cause_of, make_event
from ingestor.commands.deciding import READ_WITHIN, Progress, State, Step
from ingestor.commands.kinds import KINDS
from ingestor.metrics import count_command
from ingestor.sync.schedule import LIVING

KEEP_DAYS = 100
"""How long it is known what became of a command; as long as the log of events."""

LEASE_SECONDS = 150.0
"""Longer than one step of a command takes: a request, and what is stored of its answer."""

# Locked, so that a disconnection comes before or after.
_IS_GONE = text("SELECT status = 'disconnected' FROM cabinets WHERE cabinet_id = :cabinet_id FOR SHARE")
_REQUEST = text("""
    INSERT INTO wb_commands (cabinet_id, command_id, kind, subject, words, resource, holds_back, asked_by, asked_at,
        cause)
    VALUES (:cabinet_id, :command_id, :kind, :subject, :words, :resource, :holds_back, :asked_by, :asked_at,
        CAST(:cause AS jsonb))
    ON CONFLICT DO NOTHING
""")
# Who is not let in by WB has nothing sent or read; what has waited so for too long ends all the same.
# What was sent is read back once no sync of its rows is under way: a page that WB made before must not come after.
_CLAIM = text(f"""
    WITH due AS (
        SELECT w.cabinet_id, w.command_id FROM wb_commands w JOIN cabinets c USING (cabinet_id)
        WHERE w.due_at <= now() AND (c.status = 'verified'
                OR coalesce(w.sending_at, w.asked_at) < now() - make_interval(secs => :open_seconds))
            AND (w.lease_until IS NULL OR w.lease_until < now() OR w.lease_holder NOT IN ({LIVING}))
            AND (w.state IN ('requested', 'sending') OR NOT EXISTS (
                SELECT FROM sync_state s
                WHERE s.cabinet_id = w.cabinet_id AND s.resource = w.resource AND s.lease_until > now()
                    AND s.lease_holder IN ({LIVING})))
        ORDER BY w.due_at LIMIT :limit FOR UPDATE OF w SKIP LOCKED
    )
    UPDATE wb_commands w SET lease_token = gen_random_uuid(), lease_holder = :holder,
        lease_until = now() + make_interval(secs => :lease_seconds)
    FROM due JOIN cabinets c USING (cabinet_id)
    WHERE w.cabinet_id = due.cabinet_id AND w.command_id = due.command_id
    RETURNING w.cabinet_id, w.command_id, w.lease_token AS token, w.kind, w.subject, w.words, w.cause, c.seller_id,
        c.kind AS token_kind, c.sealed_token, w.state, w.code, w.reason, w.attempts, w.readings, w.absences, w.failures,
        w.refusals, coalesce(extract(epoch FROM now() - w.refused_since), 0)::float AS refused_seconds,
        coalesce(c.checked_at > w.refused_since, false) AS is_vouched_for, c.status = 'verified' AS is_let_in,
        extract(epoch FROM now() - w.asked_at)::float AS asked_seconds,
        coalesce(extract(epoch FROM now() - w.sending_at), 0)::float AS sending_seconds
""")
_MINE = "cabinet_id = :cabinet_id AND command_id = :command_id AND lease_token = :token"
_SENDING = text(f"""
    UPDATE wb_commands SET state = 'sending', sending_at = now(), attempts = attempts + 1, readings = 0, absences = 0,
        lease_until = now() + make_interval(secs => :lease_seconds)
    WHERE {_MINE} AND state = 'requested' RETURNING attempts
""")
_HOLD = text(f"SELECT 1 FROM wb_commands WHERE {_MINE} FOR UPDATE")
_TAKE_STEP = text(f"""
    UPDATE wb_commands SET state = :state, code = :code, reason = :reason, absences = :absences,
        readings = readings + :read, attempts = attempts - :unsent,
        failures = CASE WHEN :failed THEN failures + 1 ELSE 0 END,
        refusals = CASE WHEN :refused THEN refusals + 1 ELSE 0 END,
        refused_since = CASE WHEN :refused THEN coalesce(refused_since, now()) END,
        revision = revision + :told, ended_at = CASE WHEN :ends THEN now() END,
        due_at = CASE WHEN NOT :ends THEN now() + make_interval(secs => CAST(:seconds AS double precision)) END,
        lease_token = NULL, lease_until = NULL
    WHERE {_MINE} RETURNING revision, attempts, due_at
""")
_RELEASE = text(f"UPDATE wb_commands SET lease_token = NULL, lease_until = NULL WHERE {_MINE}")
_PUT_OFF = text(f"""
    UPDATE wb_commands SET failures = failures + 1, lease_token = NULL, lease_until = NULL,
        due_at = now() + make_interval(secs => CAST(:seconds AS double precision))
    WHERE {_MINE}
""")
_HURRY = text("""
    UPDATE wb_commands SET due_at = now(), refusals = 0, refused_since = NULL
    WHERE cabinet_id = :cabinet_id AND due_at > now() AND refusals > 0
""")
_CANCEL = text("""
    UPDATE wb_commands SET state = 'cancelled', code = 'disconnected', reason = NULL, revision = revision + 1,
        ended_at = now(), due_at = NULL, lease_token = NULL, lease_until = NULL
    WHERE cabinet_id = :cabinet_id AND due_at IS NOT NULL
    RETURNING command_id, kind, subject, revision, attempts, cause
""")


class CommandLost(Exception):
    """Somebody else carries the command on by now, or it was cancelled."""


@dataclass(frozen=True, slots=True)
class Command:
    """A claimed command, and whose token it goes by; no repr shows what it says."""

    cabinet_id: UUID
    command_id: UUID
    token: UUID
    kind: str
    subject: str
    words: str
    cause: Cause
    seller_id: UUID
    token_kind: TokenKind
    sealed_token: str
    progress: Progress

    def __repr__(self) -> str:
        return f"Command({self.command_id}, {self.kind}, {self.progress.state})"


async def request(
    connection: AsyncConnection, event: Event[Any], *, command_id: UUID, kind: str, subject: str, words: str, by: int
) -> bool:
    """Take a command in, to be sent now; False for one that is known, or of a cabinet that is gone."""
    if (await connection.execute(_IS_GONE, {"cabinet_id": event.cabinetid})).scalar() is True:
        return False
    described = KINDS[kind]
    taken = await connection.execute(
        _REQUEST,
        {
            "cabinet_id": event.cabinetid,
            "command_id": command_id,
            "kind": kind,
            "subject": subject,
            "words": words,
            "resource": described.resource,
            "holds_back": described.holds_back,
            "asked_by": by,
            "asked_at": event.time,
            "cause": json.dumps(cause_of(event)),
        },
    )
    return taken.rowcount == 1


async def claim(database: Database, *, limit: int, holder: int | None = None) -> list[Command]:
    """Up to `limit` due commands, leased to the caller for as long as `holder`, if it says who it is, lives."""
    async with database.transaction() as connection:
        values = {"limit": limit, "holder": holder, "lease_seconds": LEASE_SECONDS}
        rows = await connection.execute(_CLAIM, {**values, "open_seconds": READ_WITHIN.total_seconds()})
        return [_claimed(dict(row)) for row in rows.mappings()]


def _claimed(row: dict[str, Any]) -> Command:
    progress = Progress(**{name: row.pop(name) for name in Progress.__slots__})
    return Command(**{**row, "token_kind": TokenKind(row["token_kind"])}, progress=progress)


async def begin_sending(database: Database, command: Command) -> None:
    """Note that its request leaves now: from here on it may be carried out.

    Raises:
        CommandLost: nothing may be sent.
    """
    async with database.transaction() as connection:
        sending = await connection.execute(_SENDING, {**_key(command), "lease_seconds": LEASE_SECONDS})
        if sending.first() is None:
            raise CommandLost(str(command.command_id))


async def hold(connection: AsyncConnection, command: Command) -> None:
    """Make sure that the command is the caller's until the transaction ends.

    Raises:
        CommandLost: it is not; the transaction must write nothing.
    """
    if (await connection.execute(_HOLD, _key(command))).first() is None:
        raise CommandLost(str(command.command_id))


async def take_step(
    connection: AsyncConnection, command: Command, step: Step, *, rate: float, read: bool = False, sending: bool = False
) -> None:
    """Store what became of a command and give its lease back; what is to be seen of it is told.

    `read`: by a reading; `sending`: by a sending, which was begun.

    Raises:
        CommandLost: as `hold`.
    """
    progress = command.progress
    tells = (_told(step.state), step.code) != (_told(progress.state), progress.code)
    values = {
        **_key(command),
        "state": step.state,
        "code": step.code,
        "reason": step.reason,
        "absences": step.absences,
        "read": int(read),
        "unsent": int(step.unsent and sending),
        "failed": step.failed,
        "refused": step.refused is not None,
        "told": int(tells),
        "ends": step.wait_seconds is None,
        "seconds": (step.wait_seconds or 0) / rate,
    }
    row = (await connection.execute(_TAKE_STEP, values)).first()
    if row is None:
        raise CommandLost(str(command.command_id))
    if not tells:
        return
    data = WbCommandChangedV1(
        command_id=command.command_id,
        kind=command.kind,
        subject=command.subject,
        state=_told(step.state),
        revision=row.revision,
        attempts=row.attempts,
        code=step.code,
        reason=step.reason,
        next_try_at=row.due_at,
        changed_at=clock.now(),
    )
    await outbox.append(connection, [make_event(data, command.cabinet_id, command.cause)])
    count_command(command.kind, data.state)


async def release(database: Database, command: Command) -> None:
    """Give a command back as it is: it is due for anyone at once."""
    async with database.transaction() as connection:
        await connection.execute(_RELEASE, _key(command))


async def put_off(database: Database, command: Command, *, seconds: float) -> None:
    """Give a command back that something of ours kept from being gone on with."""
    async with database.transaction() as connection:
        await connection.execute(_PUT_OFF, {**_key(command), "seconds": seconds})


async def hurry(connection: AsyncConnection, cabinet_id: UUID) -> None:
    """WB accepts the cabinet's token: what it was refused for is tried again now."""
    await connection.execute(_HURRY, {"cabinet_id": cabinet_id})


async def cancel(connection: AsyncConnection, cabinet_id: UUID) -> None:
    """End all commands of a cabinet that is disconnected, and tell so; what was sent already is not followed up."""
    now = clock.now()
    cancelled = (await connection.execute(_CANCEL, {"cabinet_id": cabinet_id})).mappings().all()
    events = []
    for row in cancelled:
        data = WbCommandChangedV1(
            **{name: row[name] for name in ("command_id", "kind", "subject", "revision", "attempts")},
            state="cancelled",
            code="disconnected",
            changed_at=now,
        )
        events.append(make_event(data, cabinet_id, row["cause"]))
        count_command(row["kind"], data.state)
    await outbox.append(connection, events)


def _told(state: State) -> WbCommandState:
    return "requested" if state == "sending" else state


def _key(command: Command) -> dict[str, Any]:
    return {"cabinet_id": command.cabinet_id, "command_id": command.command_id, "token": command.token}

"""Carrying commands on, step by step: each is sent, read back, and sent again only if a reading proves it harmless."""

import asyncio
from collections.abc import Sequence

import msgspec
import structlog
from opentelemetry.trace import Status, StatusCode
from servicekit import clock
from servicekit.crypto import CannotOpen, unseal
from servicekit.db import Database
from servicekit.telemetry import continued_trace, tracer
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor import doubts
from ingestor.backoff import backoff_seconds
from ingestor.commands import deciding, journal
from ingestor.commands.deciding import SEND_SECONDS, Step
from ingestor.commands.journal import Command, CommandLost
from ingestor.commands.kinds import KINDS, Found, Shown
from ingestor.refusals import NEED_WITNESS
from ingestor.resources import RESOURCES, answers
from ingestor.resources.resource import Resource
from ingestor.sync.keyed_rows import key_rows
from ingestor.sync.leases import Leases
from ingestor.sync.publish import Announcement
from ingestor.sync.store import store
from ingestor.wb.client import Access, WbClient
from ingestor.wb.errors import BadRequest, Unavailable, WbError, said_in

log = structlog.get_logger()

PATIENCE_SECONDS = 2.0
"""How long a command waits for its call in the worker that has it; syncs of its budget wait meanwhile."""

# Held like a page holds it: a run of the same sync, and a disconnection, wait until the transaction ends.
_HOLD_SYNC = text("""
    SELECT c.connected_at, c.currency, s.first_load_done FROM sync_state s JOIN cabinets c USING (cabinet_id)
    WHERE s.cabinet_id = :cabinet_id AND s.resource = :resource AND c.status <> 'disconnected' FOR UPDATE OF s
""")
_NO_SUCH = ("404: ", "422: ")
_envelope = msgspec.json.Decoder(dict[str, msgspec.Raw])
_shown = msgspec.json.Decoder(Shown)


class Sender:
    """Takes due commands one step further."""

    def __init__(self, database: Database, client: WbClient, leases: Leases, *, private_keys: str, rate: float) -> None:
        self._database = database
        self._client = client
        self._leases = leases
        self._private_keys = private_keys
        self._rate = rate

    async def claim(self, limit: int) -> Sequence[Command]:
        """Commands that are due."""
        return await journal.claim(self._database, limit=limit, holder=await self._leases.holder())

    async def run(self, command: Command) -> None:
        """Take one step and store what came of it; a command is given back if that is cut off."""
        try:
            with continued_trace(command.cause["traceparent"]), tracer.start_as_current_span("write to WB") as span:
                span.set_attribute("cabinet.id", str(command.cabinet_id))
                span.set_attribute("command.id", str(command.command_id))
                try:
                    await self._carry_on(command)
                except CommandLost:
                    span.set_status(Status(StatusCode.ERROR, "lost"))
                    log.warning("command.lost", command_id=str(command.command_id))
        except asyncio.CancelledError:
            await journal.release(self._database, command)
            raise
        except Exception:
            log.exception("command.crashed", command_id=str(command.command_id), kind=command.kind)
            seconds = backoff_seconds(command.progress.failures + 1)
            await journal.put_off(self._database, command, seconds=seconds)

    async def _carry_on(self, command: Command) -> None:
        step = deciding.before_sending(command.progress)
        if step is not None:
            await self._take(command, step)
        elif command.progress.state == "requested":
            await self._send(command)
        else:
            await self._read(command)

    async def _send(self, command: Command) -> None:
        kind, begun = KINDS[command.kind], False
        try:
            access = self._access(command)
            await journal.begin_sending(self._database, command)
            begun = True
            async with asyncio.timeout(SEND_SECONDS):
                reply = await self._client.call(
                    kind.writing,
                    access,
                    json=kind.body(command.subject, command.words),
                    patience_seconds=PATIENCE_SECONDS,
                )
        except (WbError, CannotOpen, TimeoutError) as error:
            step = deciding.not_sent_for(command.progress, error, rate=self._rate)
            await self._take(command, step, sending=begun)
            return
        said = _error_in(reply.body)
        await self._take(command, deciding.accepted() if said is None else deciding.flagged(said), sending=True)

    async def _read(self, command: Command) -> None:
        kind = KINDS[command.kind]
        try:
            async with asyncio.timeout(SEND_SECONDS):
                reply = await self._client.call(
                    kind.reading,
                    self._access(command),
                    params={"id": command.subject},
                    patience_seconds=PATIENCE_SECONDS,
                )
            row = _row_in(reply.body)
            what = Found.NO_SUBJECT if row is None else kind.found(_read_row(row, command.subject), command.words)
        except (WbError, CannotOpen, TimeoutError) as error:
            if not (isinstance(error, BadRequest) and str(error).startswith(_NO_SUCH)):
                await self._take(command, deciding.not_read_for(command.progress, error, rate=self._rate))
                return
            row, what = None, Found.NO_SUBJECT
        await self._take(command, deciding.found(command.progress, what, rate=self._rate), read=True, row=row)

    async def _take(
        self,
        command: Command,
        step: Step,
        *,
        sending: bool = False,
        read: bool = False,
        row: msgspec.Raw | None = None,
    ) -> None:
        async with self._database.transaction() as connection:
            # Cabinet, sync, command: whoever locks several takes them in this order.
            if step.refused in NEED_WITNESS and not command.progress.is_vouched_for:
                await doubts.doubt(connection, command.cabinet_id, step.refused, rate=self._rate)
            if row is not None:
                await _take_in(connection, command, row)
            await journal.take_step(connection, command, step, rate=self._rate, read=read, sending=sending)
        log.info("command.went_on", command_id=str(command.command_id), state=step.state, code=step.code)

    def _access(self, command: Command) -> Access:
        token = unseal(command.sealed_token, private_keys=self._private_keys, belongs_to=str(command.cabinet_id))
        return Access(command.seller_id, command.token_kind, token)


async def _take_in(connection: AsyncConnection, command: Command, row: msgspec.Raw) -> None:
    """Store and tell the row that was read back as its sync would, so that it is current at once."""
    resource: Resource = RESOURCES[KINDS[command.kind].resource]
    keys = {"cabinet_id": command.cabinet_id, "resource": resource.name}
    sync = (await connection.execute(_HOLD_SYNC, keys)).first()
    await journal.hold(connection, command)
    if sync is None:
        return
    now = clock.now()
    told = Announcement(
        resource,
        command.cabinet_id,
        connected_at=sync.connected_at,
        first_load=not sync.first_load_done,
        currency=sync.currency,
    )
    await store(connection, resource, command.cabinet_id, key_rows(resource, [row], now), now, told.add)
    await told.publish(connection)


def _error_in(body: bytes) -> str | None:
    """What WB says went wrong in an answer with a status of success; none: nothing."""
    if not body:
        return None
    try:
        answer = _envelope.decode(body)
    except msgspec.MsgspecError:
        return None
    if not answers.is_flagged(answer):
        return None
    return said_in(msgspec.json.decode(body)) or "no reason given"


def _row_in(body: bytes) -> msgspec.Raw | None:
    """The row in an answer about one; none: WB has none.

    Raises:
        Unavailable: it is not the answer of such a method.
    """
    if not body:
        return None
    try:
        answer = _envelope.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unavailable(f"not the answer about one row ({error})") from error
    if answers.is_flagged(answer) or answers.ENVELOPE not in answer:
        raise Unavailable("not the answer about one row")
    row = answer[answers.ENVELOPE]
    return None if answers.is_nothing(row) else row


def _read_row(row: msgspec.Raw, subject: str) -> Shown:
    try:
        shown = _shown.decode(row)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unavailable(f"not a row of this method ({error})") from error
    if shown.id != subject:
        raise Unavailable("the row of another id")
    return shown

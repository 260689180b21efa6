"""One request as it is recorded."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from contracts.audit import (
    ADMINISTRATION,
    Actor,
    ActorKind,
    AuditRecordedV1,
    Outcome,
    Personal,
    cabinets_chain,
    users_chain,
)
from contracts.envelope import Event
from servicekit import outbox
from servicekit.db import Database
from servicekit.events import new_event
from servicekit.telemetry import current_trace_id
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.types import Message, Receive, Scope
from uuid_utils.compat import uuid7

from gateway.admission.addresses import UNKNOWN, address_of
from gateway.answers.answer import SCOPE_NAME as ANSWER
from gateway.answers.answer import Answer
from gateway.callers import user_or_none
from gateway.noting import Notes
from gateway.recording.redaction import SECRETS, apart, read_body, without_secrets
from gateway.telegram_ids import MAX_TELEGRAM_ID

SCOPE_NAME = "gateway.recording"
"""Where a request's `Recording` is in its ASGI scope."""

ADMIN = "/api/v1/admin/"
SCOPE_OF_ADMINISTRATORS = "admin"
_USERS = f"{ADMIN}users"
_UNREAD = ("/api/v1/auth/",)
"""Whose bodies are nothing but what shows who somebody is."""


@dataclass
class Recording:
    """What is known of a request while it is answered."""

    scope: Scope
    is_command: bool
    notes: Notes = field(default_factory=Notes)
    action: str | None = None
    """The operation's id, once its route is known."""
    is_kept: bool = False
    """Whether a transaction of the request has a record."""
    _ids: dict[str, str] = field(default_factory=dict)
    _body: bytearray = field(default_factory=bytearray)
    _request_id: UUID = field(default_factory=uuid7)

    @property
    def is_known(self) -> bool:
        """Whether the caller showed who he is."""
        answer: Answer | None = self.scope.get(ANSWER)
        return answer is not None and answer.grant is not None

    def routed(self, action: str, ids: dict[str, Any]) -> None:
        """Note which operation it is, and the ids in its path."""
        self.action = action
        self._ids = {name: without_secrets(str(each))[:200] for name, each in ids.items() if name not in SECRETS}

    def heard(self, receive: Receive) -> Receive:
        """The same body, of which the recording takes note."""

        async def hear() -> Message:
            message = await receive()
            self._body += message.get("body", b"")
            return message

        return hear

    async def keep_if_changed(self, connection: AsyncConnection) -> None:
        """Record what the transaction does, in it, if it does anything."""
        if self.notes.is_forced:
            await outbox.append(connection, [self.event("begun")])
        elif await outbox.append_if_changed(connection, self.event("done")):
            self.is_kept = True

    def event(self, outcome: Outcome, *, status: int | None = None, code: str | None = None) -> Event[AuditRecordedV1]:
        """The record, as it is known by now."""
        notes, path = self.notes, str(self.scope["path"])
        telegram_id, actor = self._actor()
        ids = {**self._ids, **notes.targets}
        asked = {} if path.startswith(_UNREAD) else read_body(bytes(self._body))
        if query := self.scope["query_string"]:
            asked["query"] = query.decode("latin-1")
        if path.startswith(_USERS):
            # Ids of users are Telegram's.
            ids = {"telegram_id" if name == "record_id" else name: each for name, each in ids.items()}
            asked = {"telegram_id" if name == "id" else name: each for name, each in asked.items()}
        persons = {"telegram_id": ids.pop("telegram_id")} if "telegram_id" in ids else {}
        before, personal_before = apart(notes.before)
        after, personal_after = apart({**asked, **persons, **notes.after})
        data = AuditRecordedV1(
            actor=actor,
            action=self.action or "unknown",
            outcome=outcome,
            status=status,
            code=code,
            cabinet_id=notes.cabinet_id,
            targets=ids,
            before=before,
            after=after,
            personal=Personal(
                telegram_id=telegram_id, address=self._address(), before=personal_before, after=personal_after
            ),
            request_id=self._request_id,
            trace_id=current_trace_id(),
        )
        return new_event(data, cabinet_id=self._chain(telegram_id, actor.kind))

    def _actor(self) -> tuple[int | None, Actor]:
        answer: Answer | None = self.scope.get(ANSWER)
        grant = answer.grant if answer is not None else None
        if answer is None or grant is None:
            kind: ActorKind = "stranger" if self.notes.telegram_id is None else "user"
            return self.notes.telegram_id, Actor(kind=kind)
        is_admin = SCOPE_OF_ADMINISTRATORS in grant.scopes and str(self.scope["path"]).startswith(ADMIN)
        telegram_id = grant.telegram_id if is_admin else user_or_none(grant, answer.question.named_user)
        kind = "administrator" if is_admin else "user"
        return telegram_id, Actor(
            kind=kind,
            key_id=grant.key_id,
            session_id=grant.session_id,
            scopes=tuple(sorted(grant.scopes)),
            role=None if is_admin else self.notes.role,
        )

    def _chain(self, telegram_id: int | None, kind: ActorKind) -> UUID:
        if self.notes.cabinet_id is not None:
            return cabinets_chain(self.notes.cabinet_id)
        if kind == "administrator" or telegram_id is None or not 0 < telegram_id <= MAX_TELEGRAM_ID:
            return ADMINISTRATION
        return users_chain(telegram_id)

    def _address(self) -> str | None:
        address = address_of(self.scope)
        return None if address == UNKNOWN else address


class RecordedDatabase(Database):
    """Its transactions end with the record of what they did: both are there, or neither is."""

    def __init__(self, database: Database, recording: Recording) -> None:
        super().__init__(database.engine, database.dsn)
        self._database = database
        self._recording = recording

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        async with self._database.transaction() as connection:
            yield connection
            await self._recording.keep_if_changed(connection)

"""How records hang together: each has a hash of itself and of the hash before, so that none can be changed alone.

A hash is SHA-256 of the hash before, the place, the time, the commitment to the personal data, and the body. All but
the last have a fixed length, so that no two records run together into the same bytes. PostgreSQL computes the same
(`HASH_SQL`), which is how millions are looked through.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.audit import AuditRecordedV1
from contracts.envelope import Event

SALT_BYTES = 16

NOTHING_PERSONAL = bytes(32)
"""The commitment of a record without personal data."""

PERSONS = frozenset({"telegram_id", "owner_telegram_id", "members", "user", "user_id", "chat_id"})
"""Names under which Telegram ids of people stand in personal data."""

GENESIS_SQL = "sha256(convert_to('pulse audit 1 ', 'UTF8') || uuid_send({tenant}))"
HASH_SQL = (
    "sha256({r}.previous || int8send({r}.seq) || timestamptz_send({r}.at) || {r}.personal_commitment || {r}.body)"
)
"""The same of a row `r`; a time is sent as microseconds since 2000."""

_POSTGRES_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Personal:
    """What a record knows of people, as it is kept apart from the chain."""

    salt: bytes
    data: bytes
    telegram_ids: tuple[int, ...]

    @property
    def commitment(self) -> bytes:
        """What the chain knows of it: nobody finds the data from it, not even by trying what they could be."""
        return hashlib.sha256(self.salt + self.data).digest()


@dataclass(frozen=True)
class Record:
    """A link of a chain."""

    tenant: UUID
    seq: int
    at: datetime
    body: bytes
    personal: Personal | None
    previous: bytes

    @property
    def commitment(self) -> bytes:
        return NOTHING_PERSONAL if self.personal is None else self.personal.commitment

    @property
    def hash(self) -> bytes:
        return link(self.previous, self.seq, self.at, self.commitment, self.body)


def genesis(tenant: UUID) -> bytes:
    """What stands before the first record of a chain: a record moved to another chain does not fit there."""
    return hashlib.sha256(b"pulse audit 1 " + tenant.bytes).digest()


def link(previous: bytes, seq: int, at: datetime, commitment: bytes, body: bytes) -> bytes:
    """The hash of a record."""
    moment = (at - _POSTGRES_EPOCH) // timedelta(microseconds=1)
    head = previous + seq.to_bytes(8) + moment.to_bytes(8, signed=True) + commitment
    return hashlib.sha256(head + body).digest()


def canonical(values: Mapping[str, Any]) -> bytes:
    """The one JSON text of these values."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def body_of(event: Event[AuditRecordedV1]) -> bytes:
    """What the chain keeps of a record for good."""
    data = event.data.model_dump(mode="json", exclude={"personal"}, exclude_defaults=True)
    return canonical({"id": str(event.id), **data})


def personal_of(event: Event[AuditRecordedV1]) -> Personal | None:
    """What can be erased of it, with a salt of its own; None: nothing in it could name a person."""
    data = event.data.personal.model_dump(mode="json", exclude_defaults=True)
    if not data:
        return None
    return Personal(secrets.token_bytes(SALT_BYTES), canonical(data), tuple(sorted(_telegram_ids(data))))


def _telegram_ids(value: Any, *, is_person: bool = False) -> set[int]:
    match value:
        case dict():
            return {found for name, each in value.items() for found in _telegram_ids(each, is_person=name in PERSONS)}
        case list():
            return {found for each in value for found in _telegram_ids(each, is_person=is_person)}
        case int() if is_person and not isinstance(value, bool) and 0 < value < 2**63:
            return {value}
        case str() if is_person and value.isascii() and value.isdigit() and 0 < int(value[:19]) < 2**63:
            return {int(value[:19])}
    return set()

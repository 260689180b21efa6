"""What an operator's command changes is recorded in its transaction, as requests are."""

import getpass
from collections.abc import Mapping

from contracts.audit import ADMINISTRATION, Actor, AuditRecordedV1, Personal
from servicekit import outbox
from servicekit.events import new_event
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from gateway.recording.redaction import apart


async def record_command(
    connection: AsyncConnection,
    action: str,
    *,
    targets: Mapping[str, object],
    after: Mapping[str, object] | None = None,
) -> None:
    """Record what the caller's transaction does: `action` is the command as it is typed, without its options."""
    lasting, personal = apart(after or {})
    record = AuditRecordedV1(
        actor=Actor(kind="operator"),
        action=action,
        outcome="done",
        targets={name: str(each) for name, each in targets.items()},
        after=lasting,
        personal=Personal(operator=operator(), after=personal),
        request_id=uuid7(),
    )
    await outbox.append(connection, [new_event(record, cabinet_id=ADMINISTRATION)])


def operator() -> str | None:
    """Who runs this process, as the machine knows him."""
    try:
        return getpass.getuser()[:200]
    except (KeyError, OSError):
        return None  # a container's user need have no name

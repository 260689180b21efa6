"""What an operator's command changes is recorded for the audit, in the transaction that changes it."""

import getpass
from collections.abc import Mapping
from uuid import UUID

from contracts.audit import ADMINISTRATION, RECORDS, Actor, Outcome, Personal, Values, cabinets_chain
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from servicekit import outbox
from servicekit.events import new_event

_BY_SERVICE = {str(each.PUBLISHER): each for each in RECORDS}


async def record_command(
    connection: AsyncConnection,
    service: str,
    action: str,
    *,
    outcome: Outcome = "done",
    cabinet_id: UUID | None = None,
    targets: Mapping[str, object] | None = None,
    after: Values | None = None,
    personal_after: Values | None = None,
) -> None:
    """Record what the caller's transaction does: `action` is the command as it is typed, without its options.

    `begun` is for what several transactions do, or none of ours: it is recorded before, and `done` afterwards. What is
    about one cabinet is in its chain.
    """
    record = _BY_SERVICE[service](
        actor=Actor(kind="operator"),
        action=action,
        outcome=outcome,
        cabinet_id=cabinet_id,
        targets={name: str(each) for name, each in (targets or {}).items()},
        after=after or {},
        personal=Personal(operator=operator(), after=personal_after or {}),
        request_id=uuid7(),
    )
    chain = ADMINISTRATION if cabinet_id is None else cabinets_chain(cabinet_id)
    await outbox.append(connection, [new_event(record, cabinet_id=chain)])


async def recording_service(connection: AsyncConnection) -> str | None:
    """In whose outbox a record of this connection's role would be; None: in none that the audit listens to."""
    schema = await connection.scalar(text("SELECT current_schema()"))
    return schema if schema in _BY_SERVICE else None


def operator() -> str | None:
    """Who runs this process, as the machine knows him."""
    try:
        return getpass.getuser()[:200]
    except (KeyError, OSError):
        return None  # a container's user need have no name

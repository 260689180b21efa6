"""What an operator's command changes is recorded in its transaction, as requests are."""

from collections.abc import Mapping

from servicekit import operators
from sqlalchemy.ext.asyncio import AsyncConnection

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
    await operators.record_command(
        connection, "gateway", action, targets=targets, after=lasting, personal_after=personal
    )

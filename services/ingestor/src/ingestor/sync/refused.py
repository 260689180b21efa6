"""`refused_subjects`: the ids and days that WB refuses to be asked about, and when each is asked about again.

Ids are left out until then, so that they do not spoil the batches they would be in; a day is asked about whenever a
reading reaches it, and as an odd page. The wait is as long as WB has refused, from an hour to a day.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

FIRST_WAIT = timedelta(hours=1)
LONGEST_WAIT = timedelta(days=1)
KEEP_DAYS = 30
"""How long one stays that is not asked about any more."""

_PUT = text("""
    INSERT INTO refused_subjects AS known (cabinet_id, resource, subject, reason, ask_again_at)
    VALUES (:cabinet_id, :resource, :subject, :reason, now() + CAST(:first AS interval) / CAST(:rate AS float))
    ON CONFLICT (cabinet_id, resource, subject) DO UPDATE SET
        reason = excluded.reason, refused_at = now(), times = known.times + 1,
        ask_again_at = now() + least(greatest((now() - known.since) * CAST(:rate AS float), :first), :longest)
            / CAST(:rate AS float)
""").bindparams(bindparam("first", FIRST_WAIT), bindparam("longest", LONGEST_WAIT))
_ACCEPTED = text("""
    DELETE FROM refused_subjects
    WHERE cabinet_id = :cabinet_id AND resource = :resource AND subject = ANY (CAST(:subjects AS text[]))
""")


async def put(
    connection: AsyncConnection, cabinet_id: UUID, resource: str, subject: str, reason: str, *, rate: float
) -> None:
    """Note what WB refuses, and what it said."""
    values = {"subject": subject, "reason": reason, "rate": rate}
    await connection.execute(_PUT, {"cabinet_id": cabinet_id, "resource": resource, **values})


async def accepted(connection: AsyncConnection, cabinet_id: UUID, resource: str, subjects: Sequence[str]) -> None:
    """WB has answered about them: none of them is refused any more."""
    values = {"cabinet_id": cabinet_id, "resource": resource, "subjects": list(subjects)}
    await connection.execute(_ACCEPTED, values)

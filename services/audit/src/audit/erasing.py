"""Personal data go when a person asks for it; the chain, which holds only commitments to them, stays whole."""

from uuid import uuid4

from contracts.audit import ADMINISTRATION, Actor, AuditRecordedV1, Personal
from servicekit.db import Database
from servicekit.events import new_event
from servicekit.operators import operator
from sqlalchemy import text

from audit import store

BATCH = 2_000

# What was said of several persons goes as a whole: nobody could tell what of it is whose.
_ERASE = text("""
DELETE FROM personal p USING (
    SELECT tenant, seq FROM personal WHERE telegram_ids @> ARRAY[CAST(:telegram_id AS bigint)]
    ORDER BY tenant, seq LIMIT :batch FOR UPDATE
) AS his
WHERE (p.tenant, p.seq) = (his.tenant, his.seq)
""")


async def erase(database: Database, telegram_id: int) -> int:
    """Erase what the audit knows of a person; of how many records.

    That it was done is recorded, without saying of whom: what is gone is told from what somebody took away so.
    """
    request_id, erased, deleted = uuid4(), 0, BATCH
    while deleted == BATCH:
        async with database.transaction() as connection:
            deleted = (await connection.execute(_ERASE, {"telegram_id": telegram_id, "batch": BATCH})).rowcount
            if deleted:
                record = AuditRecordedV1(
                    actor=Actor(kind="operator"),
                    action="audit erase",
                    outcome="done",
                    after={"records": deleted},
                    personal=Personal(operator=operator()),
                    request_id=request_id,
                )
                await store.append(connection, [new_event(record, cabinet_id=ADMINISTRATION)])
        erased += deleted
    return erased

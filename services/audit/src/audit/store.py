"""Adding records to their chains: many at a time, each chain by one transaction after the other."""

from collections.abc import Sequence
from uuid import UUID

from contracts.audit import AuditRecordedV1
from contracts.envelope import Event
from servicekit.db import driver
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.chain import Record, body_of, genesis, personal_of

# In order, as they are held: two transactions never wait for one another in a circle.
_BEGIN = text("""
INSERT INTO chains (tenant, seq, hash)
SELECT tenant, 0, hash FROM unnest(CAST(:tenants AS uuid[]), CAST(:hashes AS bytea[])) AS new (tenant, hash)
ORDER BY tenant ON CONFLICT DO NOTHING
""")
_HOLD = text("""
SELECT tenant, seq, hash FROM chains WHERE tenant = ANY (CAST(:tenants AS uuid[])) ORDER BY tenant FOR UPDATE
""")
_MOVE = text("""
UPDATE chains SET seq = moved.seq, hash = moved.hash
FROM unnest(CAST(:tenants AS uuid[]), CAST(:seqs AS bigint[]), CAST(:hashes AS bytea[])) AS moved (tenant, seq, hash)
WHERE chains.tenant = moved.tenant
""")
_RECORD = ("tenant", "seq", "at", "personal_commitment", "previous", "hash", "body")
_PERSONAL = ("tenant", "seq", "salt", "data", "telegram_ids")


async def append(connection: AsyncConnection, events: Sequence[Event[AuditRecordedV1]]) -> None:
    """Add a record for each event at the end of its tenant's chain, in this order, in the caller's transaction.

    Chains are held until it ends. The number of statements does not grow with the events.
    """
    if not events:
        return
    tenants = sorted({event.cabinetid for event in events})
    await connection.execute(_BEGIN, {"tenants": tenants, "hashes": list(map(genesis, tenants))})
    held = await connection.execute(_HOLD, {"tenants": tenants})
    ends: dict[UUID, tuple[int, bytes]] = {row.tenant: (row.seq, row.hash) for row in held}
    added, known = [], []
    for event in events:
        seq, previous = ends[event.cabinetid]
        record = Record(event.cabinetid, seq + 1, event.time, body_of(event), personal_of(event), previous)
        digest = record.hash
        ends[record.tenant] = (record.seq, digest)
        added.append((record.tenant, record.seq, record.at, record.commitment, previous, digest, record.body))
        if (of_people := record.personal) is not None:
            known.append((record.tenant, record.seq, of_people.salt, of_people.data, list(of_people.telegram_ids)))
    session = await driver(connection)
    await session.copy_records_to_table("records", records=added, columns=_RECORD)
    if known:
        await session.copy_records_to_table("personal", records=known, columns=_PERSONAL)
    moved = [ends[tenant] for tenant in tenants]
    values = {"tenants": tenants, "seqs": [seq for seq, _ in moved], "hashes": [digest for _, digest in moved]}
    await connection.execute(_MOVE, values)

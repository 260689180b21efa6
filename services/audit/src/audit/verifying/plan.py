"""Which records are looked through by one statement."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

ROWS = 100_000
"""Of one statement: a second or less."""

# From one tenant to the next by the index, and the last of each by it too: no record is read for it.
_CHAINS = text("""
WITH RECURSIVE found AS (
    (SELECT tenant FROM records ORDER BY tenant LIMIT 1)
    UNION ALL
    SELECT later.tenant FROM found CROSS JOIN LATERAL (
        SELECT tenant FROM records WHERE records.tenant > found.tenant ORDER BY tenant LIMIT 1
    ) AS later
)
SELECT coalesce(found.tenant, chains.tenant) AS tenant, coalesce(last.seq, 0) AS last_seq, last.hash AS last_hash,
       chains.seq AS told_seq, chains.hash AS told_hash
FROM found FULL JOIN chains ON chains.tenant = found.tenant
LEFT JOIN LATERAL (
    SELECT seq, hash FROM records WHERE records.tenant = found.tenant ORDER BY seq DESC LIMIT 1
) AS last ON true
WHERE CAST(:only AS uuid) IS NULL OR coalesce(found.tenant, chains.tenant) = CAST(:only AS uuid)
ORDER BY 1
""")


@dataclass(frozen=True)
class Chain:
    """Where a chain ends, and where it should by what is kept beside it."""

    tenant: UUID
    last_seq: int
    last_hash: bytes | None
    told_seq: int | None
    told_hash: bytes | None


@dataclass(frozen=True)
class Span:
    """Records of a chain, both ends included."""

    tenant: UUID
    first: int
    last: int


async def read_chains(connection: AsyncConnection, only: UUID | None) -> list[Chain]:
    """Every chain, or one."""
    return [Chain(**row) for row in (await connection.execute(_CHAINS, {"only": only})).mappings()]


def portions(chains: Sequence[Chain], rows: int = ROWS) -> Iterator[list[Span]]:
    """All records, so many at a time: long chains in parts, short ones together."""
    portion: list[Span] = []
    room = rows
    for chain in chains:
        first = 1
        while first <= chain.last_seq:
            last = min(chain.last_seq, first + room - 1)
            portion.append(Span(chain.tenant, first, last))
            room -= last - first + 1
            first = last + 1
            if not room:
                yield portion
                portion, room = [], rows
    if portion:
        yield portion

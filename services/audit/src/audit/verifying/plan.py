"""Which records are looked through by one statement."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

SPAN = 100
"""Records of one chain that are read together."""

SPANS = 300
"""Of one statement: a second or less, and no more pages than PostgreSQL keeps."""

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


@dataclass(frozen=True, order=True)
class Span:
    """Records of a chain, both ends included."""

    tenant: UUID
    first: int
    last: int


async def read_chains(connection: AsyncConnection, only: UUID | None) -> list[Chain]:
    """Every chain, or one."""
    return [Chain(**row) for row in (await connection.execute(_CHAINS, {"only": only})).mappings()]


def portions(chains: Sequence[Chain], *, span: int = SPAN, spans: int = SPANS) -> Iterator[list[Span]]:
    """All records, so many spans at a time.

    Chains side by side, each from its beginning to its end: what was added at one time to many of them lies in the same
    pages, which are read once so, and once for each record where one chain is looked through after the other.
    """
    in_turn = heapq.merge(*(_spans(chain, span) for chain in chains))
    while portion := [each for _, each in islice(in_turn, spans)]:
        yield portion


def _spans(chain: Chain, span: int) -> Iterator[tuple[float, Span]]:
    """Each with the share of the chain that lies before it."""
    for first in range(1, chain.last_seq + 1, span):
        yield first / chain.last_seq, Span(chain.tenant, first, min(chain.last_seq, first + span - 1))

"""Whether every record is what its hash says, and hangs on the one before."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.chain import GENESIS_SQL, HASH_SQL, link
from audit.verifying.findings import Finding, Kind
from audit.verifying.plan import Chain, Span

MOST = 1_000
"""Findings of one statement, and edited records of one chain that are put beside one another; more are not told one by
one."""

# The record before a span is read with it: the span hangs on that. Only what is wrong is answered. Hashes come before
# records are put side by side: bodies are not carried along.
_BROKEN = text(f"""
SELECT looked.* FROM unnest(
    CAST(:tenants AS uuid[]), CAST(:firsts AS bigint[]), CAST(:lasts AS bigint[])
) AS span (tenant, first, last)
CROSS JOIN LATERAL (
    SELECT tenant, seq, is_edited, is_personal_edited, lag(seq) OVER in_turn AS before,
           previous IS DISTINCT FROM CASE
               WHEN seq = 1 THEN {GENESIS_SQL.format(tenant="tenant")} ELSE lag(hash) OVER in_turn
           END AS is_loose
    FROM (
        SELECT r.tenant, r.seq, r.previous, r.hash, {HASH_SQL.format(r="r")} <> r.hash AS is_edited,
               sha256(p.salt || p.data) <> r.personal_commitment AS is_personal_edited
        FROM records AS r LEFT JOIN personal AS p
          ON p.tenant = span.tenant AND p.seq = r.seq AND p.seq BETWEEN span.first AND span.last
        WHERE r.tenant = span.tenant AND r.seq BETWEEN span.first - 1 AND span.last
        ORDER BY r.seq OFFSET 0
    ) AS hashed
    WINDOW in_turn AS (ORDER BY seq)
) AS looked
WHERE seq >= span.first AND (is_edited OR is_personal_edited OR is_loose OR coalesce(before, 0) <> seq - 1)
LIMIT {MOST}
""")
# Both tables by their keys, side by side: nothing is sorted, and nothing is looked up row by row.
_IN_ORDER = text("""
SELECT set_config(name, 'off', true) FROM unnest(ARRAY[
    'enable_hashjoin', 'enable_nestloop', 'enable_seqscan', 'enable_bitmapscan', 'enable_material', 'enable_memoize',
    'jit'
]) AS name
""")
_READ = text("""
SELECT seq, at, personal_commitment, previous, hash, body FROM records
WHERE tenant = :tenant AND seq = ANY (CAST(:seqs AS bigint[]))
""")


async def broken(connection: AsyncConnection, spans: Sequence[Span]) -> list[Finding]:
    """What is wrong in these records, each by itself."""
    values = {
        "tenants": [span.tenant for span in spans],
        "firsts": [span.first for span in spans],
        "lasts": [span.last for span in spans],
    }
    await connection.execute(_IN_ORDER)
    return [finding for row in (await connection.execute(_BROKEN, values)).all() for finding in _said(row)]


async def told_apart(connection: AsyncConnection, findings: Sequence[Finding]) -> list[Finding]:
    """The findings, where records that are not what their hash says stand in one another's places said so."""
    edited: dict[UUID, list[int]] = {}
    for finding in findings:
        if finding.kind == Kind.EDITED and finding.tenant is not None and finding.seq is not None:
            edited.setdefault(finding.tenant, []).append(finding.seq)
    swapped: dict[tuple[UUID | None, int | None], Finding] = {}
    for tenant, seqs in edited.items():
        if len(seqs) > 1:
            for seq, place in (await _places(connection, tenant, sorted(seqs)[:MOST])).items():
                detail = f"stands where {place} belongs, or the other way round"
                swapped[tenant, seq] = Finding(Kind.SWAPPED, tenant, seq, detail)
    return [
        swapped.get((finding.tenant, finding.seq), finding) if finding.kind == Kind.EDITED else finding
        for finding in findings
    ]


def ends(chain: Chain) -> Finding | None:
    """Whether a chain ends where what is kept beside it says."""
    if chain.told_seq is None or chain.told_seq < chain.last_seq:
        first = (chain.told_seq or 0) + 1
        detail = f"{first} to {chain.last_seq} are there, and were never added"
        return Finding(Kind.INSERTED, chain.tenant, first, detail)
    if chain.told_seq > chain.last_seq:
        return Finding(Kind.CUT, chain.tenant, chain.last_seq + 1, f"{chain.last_seq + 1} to {chain.told_seq} are gone")
    if chain.last_seq and chain.told_hash != chain.last_hash:
        return Finding(Kind.REWRITTEN, chain.tenant, chain.last_seq, "the last record is another than was added last")
    return None


def _said(row: Row[Any]) -> Iterator[Finding]:
    before = row.before or 0
    if row.is_edited:
        yield Finding(Kind.EDITED, row.tenant, row.seq, "is not what its hash says")
    elif before != row.seq - 1:
        first = f"{before + 1} to {row.seq - 1}" if before else f"those before {row.seq}"
        yield Finding(Kind.MISSING, row.tenant, before + 1 if before else row.seq - 1, f"{first} are gone")
    elif row.is_loose:
        yield Finding(Kind.INSERTED, row.tenant, row.seq, "does not hang on the record before it")
    if row.is_personal_edited:
        yield Finding(Kind.PERSONAL_EDITED, row.tenant, row.seq, "its personal data are others than it has a mark of")


async def _places(connection: AsyncConnection, tenant: UUID, seqs: Sequence[int]) -> dict[int, int]:
    """Of records whose hash is right in another's place: whose."""
    found = {}
    for row in (await connection.execute(_READ, {"tenant": tenant, "seqs": list(seqs)})).all():
        for seq in seqs:
            if seq != row.seq and link(row.previous, seq, row.at, row.personal_commitment, row.body) == row.hash:
                found[row.seq] = seq
    return found

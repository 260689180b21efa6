"""Whether the chains are still those that signed heads told of: a tail that was cut off or written anew is found so."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from nacl.signing import VerifyKey
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from audit.signing import BadHead, End, Head, digest_of, read_line
from audit.verifying.findings import Finding, Kind

ENDS = 10_000
"""Looked up by one statement."""

_UNLIKE = text("""
SELECT e.tenant, e.seq, e.number, e.hash = r.hash AS is_there
FROM unnest(CAST(:tenants AS uuid[]), CAST(:seqs AS bigint[]), CAST(:hashes AS bytea[]), CAST(:numbers AS bigint[]))
     AS e (tenant, seq, hash, number)
LEFT JOIN records r ON (r.tenant, r.seq) = (e.tenant, e.seq)
WHERE r.hash IS DISTINCT FROM e.hash
ORDER BY e.tenant, e.seq
""")
_LINES = text("SELECT line FROM heads ORDER BY number")


@dataclass
class Heads:
    """What the heads told, and what is wrong with themselves."""

    ends: list[tuple[int, End]] = field(default_factory=list)
    """With the number of their head, in order."""
    findings: list[Finding] = field(default_factory=list)


async def kept_lines(connection: AsyncConnection) -> list[bytes]:
    """The heads that the audit itself keeps: whoever can change its records can change them too."""
    return list((await connection.execute(_LINES)).scalars())


def read_heads(lines: Iterable[bytes], key: VerifyKey) -> Heads:
    """The heads of these lines, which are anchored in order; one may be there twice."""
    heads = Heads()
    last: tuple[Head, bytes] | None = None
    for place, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line:
            continue
        try:
            json.loads(line)
        except ValueError:
            continue  # half a line, which a crash left: a head that is missing because of it is told by the next
        try:
            head = read_line(line, key)
        except BadHead as error:
            heads.findings.append(Finding(Kind.HEAD, None, place, f"line {place}: {error}"))
            continue
        if last is not None and line != last[1]:
            heads.findings.extend(_follows(head, *last))
        if last is None or line != last[1]:
            heads.ends.extend((head.number, end) for end in head.ends)
        last = head, line
    return heads


async def unlike(connection: AsyncConnection, heads: Heads, only: UUID | None) -> list[Finding]:
    """Of each chain that is not what a head told, where it is another: after the last end that is still there."""
    told = [(number, end) for number, end in heads.ends if only is None or end.tenant == only]
    good: dict[UUID, int] = {}
    bad: dict[UUID, tuple[int, int, bool]] = {}
    for start in range(0, len(told), ENDS):
        portion = told[start : start + ENDS]
        values = {
            "tenants": [end.tenant for _, end in portion],
            "seqs": [end.seq for _, end in portion],
            "hashes": [end.hash for _, end in portion],
            "numbers": [number for number, _ in portion],
        }
        wrong = {(row.tenant, row.seq, row.number): row for row in await connection.execute(_UNLIKE, values)}
        for number, end in portion:
            row = wrong.get((end.tenant, end.seq, number))
            if row is None:
                good[end.tenant] = max(end.seq, good.get(end.tenant, 0))
            elif end.tenant not in bad:
                bad[end.tenant] = (end.seq, number, row.is_there is None)
    return [_said(tenant, good.get(tenant, 0), *wrong) for tenant, wrong in bad.items()]


def _said(tenant: UUID, good: int, seq: int, number: int, is_gone: bool) -> Finding:
    since = f"head {number} told of {seq}; up to {good} all is as it was"
    if is_gone:
        return Finding(Kind.CUT, tenant, good + 1, f"{since}; it is gone")
    return Finding(Kind.REWRITTEN, tenant, good + 1, f"{since}; it is another")


def _follows(head: Head, before: Head, line: bytes) -> Iterator[Finding]:
    if head.number == before.number:
        yield Finding(Kind.HEAD, None, head.number, f"there are two heads {head.number}, and they differ")
    elif head.number != before.number + 1:
        yield Finding(Kind.HEAD, None, before.number + 1, f"head {head.number} follows on {before.number}")
    elif head.previous != digest_of(line):
        yield Finding(Kind.HEAD, None, head.number, f"does not hang on head {before.number}")

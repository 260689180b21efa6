"""The whole of it: all records, a portion a statement, several at a time, then the heads."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from nacl.signing import VerifyKey
from servicekit.db import Database

from audit.verifying.against_heads import kept_lines, read_heads, unlike
from audit.verifying.findings import Finding, Kind
from audit.verifying.plan import SPAN, SPANS, Span, portions, read_chains
from audit.verifying.records import broken, ends, told_apart

Progress = Callable[[int, int], None]
"""Records looked through, of how many."""


@dataclass(frozen=True)
class Verified:
    """What was looked through, and what is wrong, in the order of the chains."""

    chains: int
    records: int
    heads: int
    findings: tuple[Finding, ...]


def silent(_: int, __: int) -> None:
    return


async def verify(
    database: Database,
    *,
    key: VerifyKey | None,
    lines: Iterable[bytes] | None = None,
    only: UUID | None = None,
    at_once: int = 2,
    span: int = SPAN,
    spans: int = SPANS,
    progress: Progress = silent,
) -> Verified:
    """Look through every chain, or one, and the heads in `lines` (none: those kept here), if there is a key.

    Records that are added meanwhile are not looked at.
    """
    async with database.transaction() as connection:
        # First, so that the chains have grown beyond what they tell of.
        kept = list(lines) if lines is not None else await kept_lines(connection) if key else []
    async with database.transaction() as connection:
        chains = await read_chains(connection, only)
    total = sum(chain.last_seq for chain in chains)
    findings = [finding for chain in chains if (finding := ends(chain)) is not None]
    queue = portions(chains, span=span, spans=spans)
    looked = 0

    async def work() -> None:
        nonlocal looked
        for portion in queue:  # of all who work: each takes the next
            async with database.transaction() as connection:
                findings.extend(await broken(connection, portion))
            looked += _records_in(portion)
            progress(looked, total)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(work())
    async with database.transaction() as connection:
        findings = await told_apart(connection, findings)
    told = 0
    if key is not None:
        heads = read_heads(kept, key)
        told = len(kept)
        async with database.transaction() as connection:
            findings += [*heads.findings, *await unlike(connection, heads, only)]
    return Verified(len(chains), total, told, tuple(sorted(set(findings), key=_in_order)))


def _records_in(spans: Iterable[Span]) -> int:
    return sum(span.last - span.first + 1 for span in spans)


def _in_order(finding: Finding) -> tuple[str, int, Kind]:
    return str(finding.tenant or ""), finding.seq or 0, finding.kind

"""Readings whose rows are mostly broken, as when WB renames a field: a failure, not a quarantine."""

import re
from collections import Counter
from collections.abc import Sequence

from ingestor.resources.resource import Resource, Step
from ingestor.sync.log import Counts
from ingestor.sync.quarantine import Broken

SMALL_PAGE = 5
"""Of fewer rows half may be broken by chance."""

KEPT = 10_000
"""So many of a page's rows are put into quarantine where it is to be read again anyway."""

_OWN = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")


class MostlyBroken(Exception):
    """Most rows that WB sent cannot be read."""


def is_mostly(counts: Counts) -> bool:
    """Whether so many of the rows counted are broken that it is no chance."""
    return counts.rows >= SMALL_PAGE and counts.rows_quarantined * 2 >= counts.rows


def nothing_was_read(resource: Resource, step: Step, totals: Counts, *, first_load: bool) -> bool:
    """Whether a reading ends without one readable row, though it had some.

    One broken row is no failure where a reading goes on from where the one before ended: it is the one that changed.
    """
    if not step.done or totals.rows_quarantined < max(totals.rows, 1):
        return False
    return (resource.storage.when_gone is not None and not step.position) or (first_load and totals.rows > 1)


def describe(counts: Counts, broken: Sequence[Broken]) -> str:
    """How many rows could not be read, and what most of them lack."""
    if not broken:
        # The reading ended with a page that could not be asked for.
        return f"{counts.rows_quarantined} of {counts.rows} rows of WB cannot be read"
    alike = Counter(_OWN.sub("…", row.reason) for row in broken)
    [(usual, times)] = alike.most_common(1)
    example = next(row.reason for row in broken if _OWN.sub("…", row.reason) == usual)
    return f"{counts.rows_quarantined} of {counts.rows} rows of WB cannot be read; {times} for this: {example}"

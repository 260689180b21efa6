"""Everything that is stale, counted in turn, where it has to be done at once: what the jobs come to together."""

from typing import Any

from servicekit.cache import Cache
from servicekit.db import Database

from reporter.cabinet_locks import CabinetLocks
from reporter.figures.due import Waits
from reporter.figures.moscow import Today
from reporter.figures.pacing import Pace
from reporter.figures.parts import Part
from reporter.jobs.count_cells import count_cells
from reporter.jobs.count_sections import count_sections

ROUNDS = 2
"""The buyout of a cabinet tells on the money of its items, and that on its ranks: nothing comes after those."""


async def count_stale(
    database: Database, cache: Cache, locks: CabinetLocks, pace: Pace, today: Today, *, waits: Waits, **more: Any
) -> int:
    """Count cells, then sections (with `more`), and what follows from them, wherever they waited as long.

    How many parts of cabinets were due.
    """
    counted = 0
    for _ in range(ROUNDS):
        counted += await count_cells(database, cache, locks, pace, today, waits)
        counted += await count_sections(database, cache, locks, pace, today, waits=dict.fromkeys(Part, waits), **more)
    return counted

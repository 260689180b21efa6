"""Each service killed with -9 again and again, where there is one of each: what was lost and what was doubled."""

import sys
from random import Random

from bench.command import say as progress
from local.environments import SERVICES

from chaos.catalogue import named
from chaos.whole import Counts, run_whole, table
from chaos.world import Sizes

CHANGES = 2_000
RATE = 20.0
KILLS_PER_SERVICE = 3
ALONE = Sizes(sellers=1, replicas=1, has_disks=False)
"""Nobody stands in for who is killed."""


def show_kills(seed: int) -> tuple[Counts, bool]:
    """The whole of it with a table for who watches. A `seed` draws only what changes beside orders."""
    faults = named([f"kill -9 {service}" for _ in range(KILLS_PER_SERVICE) for service in SERVICES])
    outcome = run_whole("kills", faults, changes=CHANGES, rate=RATE, sizes=ALONE, rng=Random(seed), say=progress)
    print("\n".join(table(outcome)), file=sys.stderr)
    return outcome.as_dict(), outcome.is_clean

"""What happened in a shop, at random, as events of every source in the order in which they were published."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from contracts.envelope import Event, Origin
from contracts.orders import OrdersUpdatedV1

from support.any_rows import SOURCES, a_row, an_event
from support.reporting import NOON


def history(cabinet_id: UUID, seed: int, events: int = 40) -> Iterator[Event[Any]]:
    """Rows that come and change; some of it is a first load."""
    chance = random.Random(seed)
    revisions: Counter[tuple[str, int]] = Counter()
    for n in range(events):
        facts = SOURCES[OrdersUpdatedV1] if chance.random() < 0.3 else chance.choice(list(SOURCES.values()))
        keys = chance.sample(range(6), chance.randint(1, 3))
        revisions.update((facts.resource, key) for key in keys)
        rows = [a_row(facts, cabinet_id, key, revisions[facts.resource, key], chance) for key in keys]
        made = an_event(facts, cabinet_id, *rows, origin=chance.choice([Origin.LIVE, Origin.BACKFILL]))
        yield made.model_copy(update={"time": NOON + timedelta(minutes=n)})

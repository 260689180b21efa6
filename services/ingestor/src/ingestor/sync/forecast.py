"""How often a resource is read, and what bounds that: the forecast of its freshness, which others see.

Whoever spends the same bucket of WB's limits shares it: the cabinets of one seller, and methods of one bucket. Who
wants to read rarely takes no more than that, and what it leaves goes to those who want more.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from ingestor.resources import RESOURCES
from ingestor.resources.resource import Resource

Because = Literal["schedule", "limits", "sharing", "dormant"]

FIRST_SECONDS, OTHERS_SECONDS = 15 * 60, 60 * 60
"""So rarely is read at most, of what comes first and of what does not, where nothing happens at a cabinet."""

STEPS = 10
"""A day each; after fewer everything has come to its longest."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """A reading every `seconds`: as wanted (`schedule`), as the token's `limits` allow, or as `sharing` them allows.

    `dormant`: more rarely, as nothing happens at the cabinet.
    """

    seconds: float
    because: Because


def cadence(
    resource: Resource,
    *,
    interval_seconds: float,
    method_seconds: float,
    cabinets: int,
    idle: timedelta = timedelta(0),
    dormant_after: timedelta = timedelta.max,
    rate: float = 1,
) -> Cadence:
    """How often a resource of a cabinet is read.

    `interval_seconds` is the operator's minute, `method_seconds` the time in which WB gives back a call of the method,
    `cabinets` how many cabinets of the seller read the resource. Nothing has happened at this one, `idle`; from
    `dormant_after` on it is dormant. `rate`: how many times faster than WB it all goes.
    """
    wanted = _wanted(resource, interval_seconds)
    peers = [each for each in RESOURCES.values() if each.method.bucket == resource.method.bucket]
    demands = [_wanted(each, interval_seconds) for each in peers for _ in range(max(cabinets, 1))]
    shared = fair_seconds(demands, method_seconds)
    permitted = max(shared, method_seconds)
    slow = _slowed(resource, wanted, idle, dormant_after, rate)
    if slow > max(wanted, permitted):
        return Cadence(slow, "dormant")
    if permitted <= wanted:
        return Cadence(wanted, "schedule")
    return Cadence(permitted, "sharing" if shared > method_seconds else "limits")


def fair_seconds(wanted: Iterable[float], seconds: float) -> float:
    """The time between two calls of each who wants more than its share of a bucket of one call in `seconds`.

    Each of the others calls as rarely as it wants (seconds between two calls).
    """
    rate, left = 1 / seconds, sorted(wanted, reverse=True)
    while left and 1 / left[0] <= rate / len(left):
        rate -= 1 / left.pop(0)
    return len(left) / rate if left else 0


def _slowed(resource: Resource, wanted_seconds: float, idle: timedelta, dormant_after: timedelta, rate: float) -> float:
    """Half as often with each day for which a cabinet is dormant."""
    steps = 0 if idle < dormant_after else min((idle - dormant_after).days + 1, STEPS)
    longest = (FIRST_SECONDS if resource.comes_first else OTHERS_SECONDS) / rate
    return min(math.ldexp(wanted_seconds, steps), max(longest, wanted_seconds))


def _wanted(resource: Resource, interval_seconds: float) -> float:
    return interval_seconds * (resource.refresh / timedelta(minutes=1))

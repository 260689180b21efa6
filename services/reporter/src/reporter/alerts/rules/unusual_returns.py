"""More is given back in a week than chance explains; of an item, and of the whole cabinet."""

from collections.abc import Iterator

from contracts.items import Section

from reporter.alerts import unusual
from reporter.alerts.rule import Cause, Rule, Seen
from reporter.alerts.thresholds import UNUSUAL_RETURNS


def causes(seen: Seen) -> Iterator[Cause]:
    yield from unusual.causes(seen, least=UNUSUAL_RETURNS)


RULE = Rule(
    name="unusual_returns",
    causes=causes,
    after=frozenset({Section.VELOCITY, Section.BUYOUT}),
    facts=unusual.counts(tries="sales", events="returns", amount="returns_sum"),
)

"""More orders of a week are cancelled than chance explains; of an item, and of the whole cabinet."""

from collections.abc import Iterator

from contracts.items import Section

from reporter.alerts import unusual
from reporter.alerts.rule import Cause, Rule, Seen
from reporter.alerts.thresholds import UNUSUAL_CANCELS


def causes(seen: Seen) -> Iterator[Cause]:
    yield from unusual.causes(seen, least=UNUSUAL_CANCELS)


RULE = Rule(
    name="unusual_cancels",
    causes=causes,
    after=frozenset({Section.VELOCITY, Section.BUYOUT}),
    facts=unusual.counts(tries="orders", events="cancelled", amount="cancelled_sum"),
)

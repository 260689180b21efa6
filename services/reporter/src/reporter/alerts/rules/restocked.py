"""A size of which nothing was left, and the seller was told so, can be ordered again; closes by itself after a day."""

from collections.abc import Iterator
from datetime import timedelta

from contracts.items import Section

from reporter.alerts.rule import Cause, Known, Rule, Seen
from reporter.alerts.rules import out_of_stock
from reporter.alerts.thresholds import RESTOCKED_HOURS
from reporter.alerts.units import chrt_id_of, left, sizes_of, tech_size_of


def causes(seen: Seen) -> Iterator[Cause]:
    since = seen.now - timedelta(hours=RESTOCKED_HOURS)
    for known in seen.known:
        # One that is still open here is resolved together with this.
        is_recent = known.resolved_at is None or known.resolved_at > since
        if known.rule == out_of_stock.RULE.name and known.nm_id in seen.nm_ids and is_recent:
            yield from _cause(seen, known)


def _cause(seen: Seen, known: Known) -> Iterator[Cause]:
    stock = seen.stock(known.nm_id)
    for units in sizes_of(stock) if stock else ():
        if chrt_id_of(units) == known.body["chrt_id"] and left(units):
            yield Cause(
                subject=known.subject,
                nm_id=known.nm_id,
                chrt_id=chrt_id_of(units),
                severity="info",
                figures={
                    "tech_size": tech_size_of(units),
                    "left": left(units),
                    "out_since": known.body["figures"]["out_since"],
                },
            )


RULE = Rule(name="restocked", causes=causes, after=frozenset({Section.STOCK}), bodies=frozenset({Section.STOCK}))

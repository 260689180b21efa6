"""An item's rating fell within a week."""

from collections.abc import Iterator

from contracts.analytics import WHOLE_CABINET
from contracts.items import Section

from reporter.alerts.rule import Cause, Rule, Seen
from reporter.alerts.thresholds import RATING_COUNT, RATING_DROP, RATING_DROP_CRITICAL, RATING_DROP_KEPT


def causes(seen: Seen) -> Iterator[Cause]:
    for nm_id in seen.nm_ids:
        reviews = seen.reviews(nm_id)
        if nm_id == WHOLE_CABINET or reviews is None or reviews.rating is None or reviews.rating_week_ago is None:
            continue
        drop = reviews.rating_week_ago - reviews.rating
        if reviews.count >= RATING_COUNT and drop >= RATING_DROP_KEPT:
            is_critical = drop >= RATING_DROP_CRITICAL
            yield Cause(
                subject=str(nm_id),
                nm_id=nm_id,
                severity="critical" if is_critical else "warning",
                material=str(is_critical),
                raises=drop >= RATING_DROP,
                figures={
                    "rating": reviews.rating,
                    "rating_week_ago": reviews.rating_week_ago,
                    "drop": drop,
                    "count": reviews.count,
                    "bad_week": reviews.bad_week,
                    "count_week": reviews.count_week,
                },
            )


RULE = Rule(name="rating_drop", causes=causes, after=frozenset({Section.REVIEWS}), bodies=frozenset({Section.REVIEWS}))

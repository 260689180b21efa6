"""Data of a kind do not come from Wildberries."""

from collections.abc import Iterator

from contracts.analytics import WHOLE_CABINET
from sqlalchemy import text

from reporter.alerts.rule import Cause, Rule, Seen

_FACTS = text(f"""
SELECT resource, delayed_since, delay_reason FROM sources
WHERE cabinet_id = :cabinet_id AND {WHOLE_CABINET} = ANY (CAST(:nm_ids AS bigint[]))
    AND delayed_since IS NOT NULL AND (recovered_at IS NULL OR recovered_at <= delayed_since)
ORDER BY resource
""")


def causes(seen: Seen) -> Iterator[Cause]:
    for row in seen.rows:
        yield Cause(
            subject=row["resource"],
            nm_id=WHOLE_CABINET,
            resource=row["resource"],
            severity="critical" if row["resource"] == "orders" else "warning",
            figures={"last_success_at": row["delayed_since"], "reason": row["delay_reason"]},
        )


RULE = Rule(name="data_lagging", causes=causes, facts=_FACTS)

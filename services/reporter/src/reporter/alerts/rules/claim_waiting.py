"""A buyer's claim for a return waits for the seller to decide."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from contracts.analytics import WHOLE_CABINET
from contracts.currency import ROUBLE, currency
from sqlalchemy import text

from reporter.alerts.review_words import CLAIM_WORDS
from reporter.alerts.rule import Cause, Rule, Seen
from reporter.alerts.thresholds import CLAIM_DAYS

NAME: Final = "claim_waiting"

UNDECIDED: Final = 0
"""WB's status of a claim that is under consideration."""

# Where WB allows no answer it decides itself.
_WAITS = f"status = {UNDECIDED} AND jsonb_array_length(actions) > 0"
_FACTS = text(f"""
SELECT id, coalesce(nm_id, {WHOLE_CABINET}) AS nm_id, claimed_at, srid, {CLAIM_WORDS} AS words, price, currency_code,
    actions
FROM claims
WHERE cabinet_id = :cabinet_id AND {_WAITS}
    AND (nm_id = ANY (CAST(:nm_ids AS bigint[]))
        OR nm_id IS NULL AND {WHOLE_CABINET} = ANY (CAST(:nm_ids AS bigint[])))
    AND claimed_at > CAST(:now AS timestamptz) - make_interval(days => {CLAIM_DAYS})
ORDER BY id
""")
_DUE = f"""
SELECT alerts.cabinet_id, alerts.nm_id
FROM figure_days
JOIN alerts ON alerts.cabinet_id = figure_days.cabinet_id AND rule = '{NAME}' AND resolved_at IS NULL
JOIN claims ON claims.cabinet_id = alerts.cabinet_id AND subject = alerts.nm_id || ':' || claims.id
WHERE claimed_at <= CAST(:now AS timestamptz) - make_interval(days => {CLAIM_DAYS})
"""


def causes(seen: Seen) -> Iterator[Cause]:
    for row in seen.rows:
        yield Cause(
            subject=f"{row['nm_id']}:{row['id']}",
            nm_id=row["nm_id"],
            severity="warning",
            money_at_risk=row["price"] or None,
            currency=(currency(row["currency_code"]) or ROUBLE) if row["price"] else None,
            figures={
                "claim_id": row["id"],
                "srid": row["srid"],
                "text": row["words"],
                "claimed_at": row["claimed_at"],
                "listed_until": row["claimed_at"] + timedelta(days=CLAIM_DAYS),
                "actions": row["actions"],
            },
        )


RULE = Rule(name=NAME, causes=causes, facts=_FACTS, due=_DUE)

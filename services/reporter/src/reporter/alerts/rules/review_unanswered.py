"""A review with words still has no answer: a bad one a day after it was written, any other after two.

Of a bad one `bad_review` has told at once; this reminds of it.
"""

from collections.abc import Iterator
from typing import Final

from contracts.items import Section
from sqlalchemy import text

from reporter.alerts.due import waiting
from reporter.alerts.review_words import FEEDBACK_WORDS
from reporter.alerts.rule import Cause, Rule, Seen
from reporter.alerts.thresholds import BAD_STARS, UNANSWERED_BAD_HOURS, UNANSWERED_DAYS, UNANSWERED_HOURS
from reporter.tables.facts import FEEDBACK_WAITS

NAME: Final = "review_unanswered"

_IS_BAD = f"coalesce(valuation BETWEEN 1 AND {BAD_STARS}, false)"
_HOURS = f"CASE WHEN {_IS_BAD} THEN {UNANSWERED_BAD_HOURS} ELSE {UNANSWERED_HOURS} END"
_SEVERITY = f"CASE WHEN {_IS_BAD} THEN 'warning' ELSE 'info' END"

_FACTS = text(f"""
SELECT id, nm_id, created_at, valuation, size, {FEEDBACK_WORDS} AS words, hours, {_SEVERITY} AS severity
FROM feedbacks
CROSS JOIN LATERAL (SELECT {_HOURS}) AS asked (hours)
WHERE cabinet_id = :cabinet_id AND nm_id = ANY (CAST(:nm_ids AS bigint[])) AND {FEEDBACK_WAITS}
    AND created_at > CAST(:now AS timestamptz) - make_interval(days => {UNANSWERED_DAYS})
    AND created_at <= CAST(:now AS timestamptz) - make_interval(hours => hours)
ORDER BY id
""")


def causes(seen: Seen) -> Iterator[Cause]:
    for row in seen.rows:
        yield Cause(
            subject=f"{row['nm_id']}:{row['id']}",
            nm_id=row["nm_id"],
            feedback_id=row["id"],
            severity=row["severity"],
            figures={
                "valuation": row["valuation"],
                "text": row["words"],
                "tech_size": row["size"],
                "created_at": row["created_at"],
                "after_hours": row["hours"],
            },
        )


RULE = Rule(
    name=NAME,
    causes=causes,
    after=frozenset({Section.REVIEWS}),
    facts=_FACTS,
    due=waiting("feedbacks", waits=FEEDBACK_WAITS, hours=_HOURS, rule=NAME, severity=_SEVERITY),
)

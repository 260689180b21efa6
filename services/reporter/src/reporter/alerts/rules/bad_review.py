"""A review of few stars that waits for an answer; one without a word is news for a week."""

from collections.abc import Iterator
from typing import Final

from contracts.items import Section
from sqlalchemy import text

from reporter.alerts.review_words import FEEDBACK_WORDS
from reporter.alerts.rule import Cause, Rule, Seen
from reporter.alerts.thresholds import BAD_RATING_DAYS, BAD_REVIEW_DAYS, BAD_STARS

WARNING_STARS: Final = 2

_FACTS = text(f"""
SELECT id, nm_id, created_at, valuation, size, words
FROM feedbacks
CROSS JOIN LATERAL (SELECT {FEEDBACK_WORDS}) AS said (words)
WHERE cabinet_id = :cabinet_id AND nm_id = ANY (CAST(:nm_ids AS bigint[]))
    AND valuation BETWEEN 1 AND {BAD_STARS} AND answer_text IS NULL
    AND created_at > CAST(:now AS timestamptz)
        - make_interval(days => CASE WHEN words IS NULL THEN {BAD_RATING_DAYS} ELSE {BAD_REVIEW_DAYS} END)
ORDER BY id
""")


def causes(seen: Seen) -> Iterator[Cause]:
    for row in seen.rows:
        reviews = seen.reviews(row["nm_id"])
        yield Cause(
            subject=f"{row['nm_id']}:{row['id']}",
            nm_id=row["nm_id"],
            feedback_id=row["id"],
            severity="warning" if row["valuation"] <= WARNING_STARS else "info",
            material=f"{row['valuation']} {row['words']}",
            figures={
                "valuation": row["valuation"],
                "text": row["words"],
                "tech_size": row["size"],
                "created_at": row["created_at"],
                "bad_week": reviews.bad_week if reviews else None,
                "count_week": reviews.count_week if reviews else None,
            },
        )


RULE = Rule(
    name="bad_review",
    causes=causes,
    after=frozenset({Section.REVIEWS}),
    bodies=frozenset({Section.REVIEWS}),
    facts=_FACTS,
)

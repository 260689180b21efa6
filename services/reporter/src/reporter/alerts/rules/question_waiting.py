"""A buyer's question has no answer: told at once, and again after a day."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from contracts.items import Section
from sqlalchemy import text

from reporter.alerts.due import waiting
from reporter.alerts.review_words import QUESTION_WORDS
from reporter.alerts.rule import Cause, Rule, Seen
from reporter.alerts.thresholds import QUESTION_DAYS, QUESTION_WARNING_HOURS
from reporter.tables.facts import QUESTION_WAITS

NAME: Final = "question_waiting"

_FACTS = text(f"""
SELECT id, nm_id, created_at, {QUESTION_WORDS} AS words, is_warned
FROM questions
WHERE cabinet_id = :cabinet_id AND nm_id = ANY (CAST(:nm_ids AS bigint[])) AND {QUESTION_WAITS}
    AND created_at > CAST(:now AS timestamptz) - make_interval(days => {QUESTION_DAYS})
ORDER BY id
""")


def causes(seen: Seen) -> Iterator[Cause]:
    since = seen.now - timedelta(hours=QUESTION_WARNING_HOURS)
    for row in seen.rows:
        yield Cause(
            subject=f"{row['nm_id']}:{row['id']}",
            nm_id=row["nm_id"],
            severity="warning" if row["created_at"] <= since else "info",
            material=row["words"] or "",
            figures={
                "question_id": row["id"],
                "text": row["words"],
                "created_at": row["created_at"],
                "is_suspicious": row["is_warned"],
            },
        )


RULE = Rule(
    name=NAME,
    causes=causes,
    after=frozenset({Section.REVIEWS}),
    facts=_FACTS,
    due=waiting("questions", waits=QUESTION_WAITS, hours=f"{QUESTION_WARNING_HOURS}", rule=NAME, severity="'warning'"),
)

"""What a buyer wrote, as alerts show it."""

from typing import Final

from reporter.alerts.thresholds import REVIEW_TEXT_LENGTH

FEEDBACK_WORDS: Final = f"""nullif(
    left(concat_ws(' · ', nullif(text, ''), nullif(pros, ''), nullif(cons, '')), {REVIEW_TEXT_LENGTH}), ''
)"""
"""SQL: the words of a feedback; null: it has none."""

QUESTION_WORDS: Final = f"nullif(left(text, {REVIEW_TEXT_LENGTH}), '')"
"""SQL: those of a question."""

CLAIM_WORDS: Final = f"nullif(left(user_comment, {REVIEW_TEXT_LENGTH}), '')"
"""SQL: those of a claim."""

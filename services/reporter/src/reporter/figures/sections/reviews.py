"""What buyers say of an item: its rating, the last week, and what waits for an answer."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from contracts.items import Reviews, Section
from contracts.model import MOSCOW
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.ratios import per
from reporter.tables.facts import FEEDBACK_STARS, FEEDBACK_WAITS, QUESTION_WAITS

SECTION: Final = Section.REVIEWS
WEEK_DAYS = 7
BAD_STARS = 3
"""As many or fewer are a bad review."""

Stars = tuple[int, int, int, int, int]
"""How many gave 1, 2, 3, 4, 5 stars."""


def _told(nm_id: str, condition: str) -> str:
    """Feedbacks and questions of what is asked for, as one of `nm_id`."""
    return f"""
    SELECT {nm_id}, created_at, false AS is_question, {FEEDBACK_STARS} AS stars, {FEEDBACK_WAITS} AS waits
    FROM feedbacks WHERE cabinet_id = :cabinet_id AND {condition}
    UNION ALL
    SELECT {nm_id}, created_at, true, NULL, {QUESTION_WAITS}
    FROM questions WHERE cabinet_id = :cabinet_id AND {condition}
    """


_STARS = ", ".join(f"count(*) FILTER (WHERE stars = {n})" for n in range(1, 6))
_READ = text(f"""
WITH told AS (
    {_told("nm_id", "nm_id = ANY(CAST(:nm_ids AS bigint[]))")}
    UNION ALL
    {_told(f"CAST({WHOLE_CABINET} AS bigint)", f"{WHOLE_CABINET} = ANY(CAST(:nm_ids AS bigint[]))")}
)
SELECT nm_id, ARRAY[{_STARS}] AS stars,
    ARRAY[{_STARS.replace("(WHERE", "(WHERE created_at >= CAST(:week_begins AS timestamptz) AND")}] AS stars_week,
    count(*) FILTER (WHERE waits AND NOT is_question) AS unanswered,
    count(*) FILTER (WHERE waits AND is_question) AS unanswered_questions,
    min(created_at) FILTER (WHERE waits) AS oldest_unanswered_at
FROM told GROUP BY nm_id ORDER BY nm_id
""")


async def count(
    connection: AsyncConnection, cabinet_id: UUID, nm_ids: Sequence[int], today: date
) -> dict[tuple[int, str], Reviews]:
    """Reviews of the items (0: of the whole cabinet, with those that name no item), in one statement."""
    week_begins = datetime.combine(today - timedelta(days=WEEK_DAYS - 1), time(), MOSCOW)
    values = {"cabinet_id": cabinet_id, "nm_ids": list(nm_ids), "week_begins": week_begins}
    return {
        (row.nm_id, ""): reviews(
            tuple(row.stars),
            tuple(row.stars_week),
            unanswered=row.unanswered,
            unanswered_questions=row.unanswered_questions,
            oldest_unanswered_at=row.oldest_unanswered_at,
        )
        for row in await connection.execute(_READ, values)
    }


def reviews(
    stars: Stars,
    stars_week: Stars,
    *,
    unanswered: int = 0,
    unanswered_questions: int = 0,
    oldest_unanswered_at: datetime | None = None,
) -> Reviews:
    """The section from how many gave how many stars, ever and in the last week."""
    before = tuple(ever - week for ever, week in zip(stars, stars_week, strict=True))
    return Reviews(
        rating=rating(stars),
        count=sum(stars),
        stars=stars,
        rating_week_ago=rating(before),
        bad_week=sum(stars_week[:BAD_STARS]),
        count_week=sum(stars_week),
        unanswered=unanswered,
        unanswered_questions=unanswered_questions,
        oldest_unanswered_at=oldest_unanswered_at,
    )


def rating(stars: Sequence[int]) -> Decimal | None:
    """The mean of all stars; none without any."""
    return per(Decimal(sum(number * count for number, count in enumerate(stars, 1))), sum(stars))

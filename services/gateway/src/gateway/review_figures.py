"""What buyers wrote in a period beside the one before: stars, ratings, questions, and what waits for an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from contracts.items import Percent, Reviews, Section
from contracts.model import MOSCOW, Count, Figure, Model, Moment
from pydantic import ConfigDict, Field
from servicekit import clock

from gateway import freshness
from gateway.freshness import Freshness
from gateway.moscow_days import begin_of, end_of
from gateway.performance import change
from gateway.periods import ComparedDays
from gateway.reading import Row
from gateway.replica import Reads

SOURCES = ("feedbacks", "questions")
MAX_GROUPS = 500
BAD_STARS = 3
"""As many or fewer are a bad review."""

_SHOWN = ConfigDict(json_schema_serialization_defaults_required=True)

Stars = Annotated[tuple[Count, Count, Count, Count, Count], Field(description="how many with 1, 2, 3, 4, 5 stars")]


class ReviewGroupBy(StrEnum):
    """What figures are taken apart by."""

    DAY = "day"
    ITEM = "item"


class ReviewFigures(Model):
    """What was written within some days."""

    feedbacks: Count = Field(description="those that add to an earlier one among them")
    stars: Stars
    rating: Figure | None = Field(description="mean of these stars, two decimals; null: none")
    bad: Count = Field(description=f"of these stars {BAD_STARS} or fewer")
    waiting: Count = Field(description="of these feedbacks, for an answer, now")
    questions: Count
    waiting_questions: Count = Field(description="of these questions, for an answer, now")


class ReviewChange(Model):
    """Against the days before; null: there was nothing before, or nothing since."""

    feedbacks: Percent | None
    bad: Percent | None
    questions: Percent | None
    rating: Figure | None = Field(description="difference, stars")


class ReviewsOfDays(Model):
    """Some days beside as many before."""

    model_config = _SHOWN

    figures: ReviewFigures
    before: ReviewFigures
    change: ReviewChange


class ReviewGroup(ReviewsOfDays):
    """A day or an item. Only that which it is grouped by is told."""

    day: date | None = None
    cabinet_id: UUID | None = None
    nm_id: int | None = Field(default=None, description="null of a cabinet: what names no item")
    title: str | None = Field(default=None, description="null: the card is not known")


class AllReviews(Model):
    """All that was ever written, as counted last."""

    rating: Figure | None = Field(description="mean of all stars, two decimals; null: none")
    count: Count = Field(description="feedbacks with stars")
    stars: Stars
    waiting: Count = Field(description="feedbacks")
    waiting_questions: Count
    oldest_waiting_at: Moment | None


class ReviewsReport(Model):
    """Feedbacks and questions of a period."""

    model_config = _SHOWN

    period: ComparedDays
    group_by: ReviewGroupBy
    ever: AllReviews
    total: ReviewsOfDays
    groups: tuple[ReviewGroup, ...] = Field(
        max_length=MAX_GROUPS, description="days: the newest first; items: those with most feedbacks first"
    )
    groups_total: Count = Field(description="how many groups there are; 0 beyond the last")


@dataclass(frozen=True)
class ReviewFiguresQuery:
    """Which figures of which cabinets."""

    cabinets: Sequence[UUID]
    period: int
    group_by: ReviewGroupBy = ReviewGroupBy.DAY
    nm_id: int | None = None
    limit: int = 100
    offset: int = 0


_OF_VIEW = """
    SELECT cabinet_id, nm_id, created_at, {stars} AS stars, is_waiting, {is_question} AS is_question,
        created_at >= CAST(:middle AS timestamptz) AS is_now
    FROM unnest(CAST(:cabinets AS uuid[])) AS wanted (id) JOIN reporter_published.{view} AS written
        ON written.cabinet_id = wanted.id AND created_at >= CAST(:since AS timestamptz)
        AND created_at < CAST(:until AS timestamptz){of_item}
"""
_WRITTEN = " UNION ALL ".join(
    _OF_VIEW.format(view=view, stars=stars, is_question=is_question, of_item="{of_item}")
    for view, stars, is_question in (("feedbacks", "counted_stars", "false"), ("questions", "NULL", "true"))
)


def _sums(prefix: str, of_side: str) -> str:
    counts = {
        "feedbacks": "NOT is_question",
        "waiting": "is_waiting AND NOT is_question",
        "questions": "is_question",
        "waiting_questions": "is_waiting AND is_question",
    }
    of_stars = ", ".join(f"count(*) FILTER (WHERE {of_side} AND stars = {n})" for n in range(1, 6))
    sums = [f"count(*) FILTER (WHERE {of_side} AND {each}) AS {prefix}{name}" for name, each in counts.items()]
    return ", ".join([f"ARRAY[{of_stars}] AS {prefix}stars", *sums])


_SUMS = f"{_sums('', 'is_now')}, {_sums('before_', 'NOT is_now')}"
_TOTAL = f"SELECT {_SUMS} FROM ({_WRITTEN}) AS written"
_DAY = f"CAST(created_at AT TIME ZONE INTERVAL '{MOSCOW.utcoffset(None)}' AS date)"
_GROUPS = {
    # A day of the period before stands beside the one that is as many days later.
    ReviewGroupBy.DAY: f"""
        SELECT day, {_SUMS}, count(*) OVER () AS of_all FROM (
            SELECT *, {_DAY} + CASE WHEN is_now THEN 0 ELSE CAST(:period AS integer) END AS day
            FROM ({_WRITTEN}) AS written
        ) AS of_days GROUP BY day ORDER BY day DESC LIMIT :limit OFFSET :offset
    """,
    ReviewGroupBy.ITEM: f"""
        SELECT page.*, title FROM (
            SELECT cabinet_id, nm_id, {_SUMS}, count(*) OVER () AS of_all FROM ({_WRITTEN}) AS written
            GROUP BY cabinet_id, nm_id ORDER BY feedbacks DESC, nm_id, cabinet_id LIMIT :limit OFFSET :offset
        ) AS page LEFT JOIN reporter_published.products AS card USING (cabinet_id, nm_id)
        ORDER BY feedbacks DESC, nm_id, cabinet_id
    """,
}
_EVER = f"""
SELECT body FROM reporter_published.item_figures
WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[])) AND nm_id = :nm_id AND section = '{Section.REVIEWS}'
"""


async def read(reads: Reads, query: ReviewFiguresQuery) -> tuple[ReviewsReport, Freshness]:
    """What the period came to, and its groups from the query's offset on, `limit` at most."""
    period = ComparedDays.up_to(clock.now().astimezone(MOSCOW).date(), query.period)
    of_item = "" if query.nm_id is None else " AND nm_id = :nm_id"
    values: dict[str, Any] = {
        "cabinets": list(query.cabinets),
        "since": begin_of(period.previous_first_day),
        "middle": begin_of(period.first_day),
        "until": end_of(period.last_day),
    }
    if query.nm_id is not None:
        values["nm_id"] = query.nm_id
    of_page: dict[str, Any] = {"limit": query.limit, "offset": query.offset}
    if query.group_by is ReviewGroupBy.DAY:
        of_page["period"] = query.period
    async with reads.showing(query.cabinets) as shown:
        [total] = await shown.rows(_TOTAL.format(of_item=of_item), values)
        statement = _GROUPS[query.group_by].format(of_item=of_item)
        groups = await shown.rows(statement, {**values, **of_page})
        of_cabinets = {"cabinets": list(query.cabinets), "nm_id": query.nm_id or WHOLE_CABINET}
        sections = await shown.rows(_EVER, of_cabinets)
        age = await freshness.read(shown, query.cabinets, SOURCES)
    report = ReviewsReport(
        period=period,
        group_by=query.group_by,
        ever=_ever([Reviews.model_validate(section["body"]) for section in sections]),
        total=ReviewsOfDays.model_validate(_told(total)),
        groups=tuple(ReviewGroup.model_validate({**row, **_told(row)}) for row in groups),
        groups_total=groups[0]["of_all"] if groups else 0,
    )
    return report, age


def _told(row: Row) -> dict[str, Any]:
    now, before = _figures(row), _figures(row, "before_")
    names = ("feedbacks", "bad", "questions")
    of_rating = None if now.rating is None or before.rating is None else now.rating - before.rating
    told = {name: change(getattr(now, name), getattr(before, name)) for name in names}
    return {"figures": now, "before": before, "change": {**told, "rating": of_rating}}


def _figures(row: Row, prefix: str = "") -> ReviewFigures:
    stars = row[f"{prefix}stars"]
    counts = {name: row[f"{prefix}{name}"] for name in ("feedbacks", "waiting", "questions", "waiting_questions")}
    return ReviewFigures.model_validate(
        {"stars": stars, "rating": _rating(stars), "bad": sum(stars[:BAD_STARS]), **counts}
    )


def _ever(sections: Sequence[Reviews]) -> AllReviews:
    """Sections of several cabinets together."""
    stars = tuple(sum(section.stars[n] for section in sections) for n in range(5))
    oldest: list[datetime] = [each.oldest_unanswered_at for each in sections if each.oldest_unanswered_at]
    return AllReviews.model_validate(
        {
            "rating": _rating(stars),
            "count": sum(stars),
            "stars": stars,
            "waiting": sum(section.unanswered for section in sections),
            "waiting_questions": sum(section.unanswered_questions for section in sections),
            "oldest_waiting_at": min(oldest, default=None),
        }
    )


def _rating(stars: Sequence[int]) -> Decimal | None:
    count = sum(stars)
    if not count:
        return None
    return (Decimal(sum(number * each for number, each in enumerate(stars, 1))) / count).quantize(Decimal("0.01"))

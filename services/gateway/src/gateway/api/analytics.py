"""`/analytics`: figures of periods beside those before, and how items do."""

from typing import Annotated, Literal

from contracts.currency import Currency
from fastapi import APIRouter, Query, Response

from contracts import cache_keys
from gateway import performance, plans, review_figures, sales_figures
from gateway.answers.form import Answered, Listed
from gateway.api.auth import Reading
from gateway.api.form import MAX_OFFSET, AskedList, described, tags_of_lists, visible_cabinets
from gateway.api.names import MAX_NM_ID, Name, OneCabinet
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem
from gateway.performance import ItemPerformance, PerformanceQuery, PerformanceSort
from gateway.periods import PeriodDays
from gateway.plans import PlanProgress, PlanQuery
from gateway.review_figures import ReviewFiguresQuery, ReviewGroupBy, ReviewsReport
from gateway.sales_figures import MAX_GROUPS, REGION_DAYS, GroupBy, SalesQuery, SalesReport

router = APIRouter(prefix="/analytics", tags=["analytics"])

Period = Annotated[PeriodDays, Query(description="days up to today, by Moscow, compared with as many before")]
OneItem = Annotated[int | None, Query(ge=1, le=MAX_NM_ID, description="WB article; without it, all")]
OneCurrency = Annotated[Currency | None, Query(description="one currency; without it, each apart")]


@router.get("/performance", **described(Listed[ItemPerformance], "performance", is_list=True))
async def list_performance(
    answer: Reading,
    parts: UsedParts,
    asked: AskedList,
    cabinet_id: OneCabinet = None,
    period: Period = PeriodDays.MONTH,
    nm_id: OneItem = None,
    brand: Annotated[Name | None, Query(description="the whole name, as in the card")] = None,
    subject: Annotated[Name | None, Query(description="the whole name, as in the card")] = None,
    currency: OneCurrency = None,
    abc: Annotated[Literal["A", "B", "C"] | None, Query(description="class by revenue of 30 days")] = None,
    xyz: Annotated[Literal["X", "Y", "Z"] | None, Query(description="class by steadiness of weekly orders")] = None,
    to_send: Annotated[bool, Query(description="items of which pieces are to be sent now")] = False,
    sort: Annotated[PerformanceSort, Query(description="the largest first")] = PerformanceSort.ORDERS_SUM,
) -> Response:
    """How items do, those with the largest sum of orders first: figures of the period and of the one before, ABC and
    XYZ, what became of the orders, speed, adverts, estimated profit, how long the stock lasts and what to send. An item
    with amounts in two currencies stands twice; an item that was never ordered does not stand here."""
    cabinets = visible_cabinets(answer, cabinet_id)
    await answer.depends_on(*tags_of_lists(cabinets))
    query = PerformanceQuery(
        cabinets=cabinets,
        period=period.value,
        sort=sort,
        nm_id=nm_id,
        brand=brand,
        subject=subject,
        currency=currency,
        abc=abc,
        xyz=xyz,
        to_send=to_send,
    )
    return await asked.answer(
        answer,
        lambda window: performance.page(parts.reads, query, window),
        keep_seconds=cache_keys.TTL_ANALYTICS_SECONDS,
    )


@router.get("/plan", **described(Listed[PlanProgress], "plan_progress", is_list=True))
async def list_plan_progress(
    answer: Reading,
    parts: UsedParts,
    asked: AskedList,
    cabinet_id: OneCabinet = None,
    nm_id: Annotated[
        int | None, Query(ge=0, le=MAX_NM_ID, description="WB article; 0: of whole cabinets; without it, all")
    ] = None,
    currency: OneCurrency = None,
) -> Response:
    """This month's plans against what has come, those of whole cabinets first, then by WB article, the smallest first:
    what was to have come by now, and what the month comes to at this pace. What has no plan does not stand here."""
    cabinets = visible_cabinets(answer, cabinet_id)
    await answer.depends_on(*tags_of_lists(cabinets))
    query = PlanQuery(cabinets=cabinets, nm_id=nm_id, currency=currency)
    return await asked.answer(
        answer,
        lambda window: plans.page(parts.reads, query, window),
        keep_seconds=cache_keys.TTL_ANALYTICS_SECONDS,
    )


@router.get("/sales", **described(Answered[SalesReport], "sales"))
async def get_sales(
    answer: Reading,
    parts: UsedParts,
    cabinet_id: OneCabinet = None,
    period: Period = PeriodDays.MONTH,
    group_by: Annotated[GroupBy, Query(description=f"region: of {REGION_DAYS} days alone")] = GroupBy.DAY,
    nm_id: OneItem = None,
    currency: OneCurrency = None,
    limit: Annotated[int, Query(ge=1, le=MAX_GROUPS, description="groups")] = 100,
    offset: Annotated[int, Query(ge=0, le=MAX_OFFSET, description="groups to leave out")] = 0,
) -> Response:
    """Orders and sales of a period beside the one before, in all and by group, each currency apart. Days: the newest
    first, those on which something happened, each beside the day as many days before; all others: the largest sum of
    orders first. Regions are counted of one period alone (422 `period_not_counted`)."""
    if group_by is GroupBy.REGION and period != REGION_DAYS:
        raise Problem(
            422, "period_not_counted", f"Regions are counted of {REGION_DAYS} days: give period={REGION_DAYS}."
        )
    cabinets = visible_cabinets(answer, cabinet_id)
    await answer.depends_on(*tags_of_lists(cabinets))
    query = SalesQuery(
        cabinets=cabinets,
        period=period.value,
        group_by=group_by,
        nm_id=nm_id,
        currency=currency,
        limit=limit,
        offset=offset,
    )
    report, age = await sales_figures.read(parts.reads, query)
    return answer.of(report, age=age, keep_seconds=cache_keys.TTL_ANALYTICS_SECONDS)


@router.get("/reviews", **described(Answered[ReviewsReport], "review_figures"))
async def get_review_figures(
    answer: Reading,
    parts: UsedParts,
    cabinet_id: OneCabinet = None,
    period: Period = PeriodDays.MONTH,
    group_by: ReviewGroupBy = ReviewGroupBy.DAY,
    nm_id: OneItem = None,
    limit: Annotated[int, Query(ge=1, le=review_figures.MAX_GROUPS, description="groups")] = 100,
    offset: Annotated[int, Query(ge=0, le=MAX_OFFSET, description="groups to leave out")] = 0,
) -> Response:
    """Feedbacks and questions of a period beside the one before, in all and by group: stars, rating, and what waits for
    an answer. Days: the newest first, each beside the day as many days before; items: those with most feedbacks first.
    """
    cabinets = visible_cabinets(answer, cabinet_id)
    written = (cache_keys.cabinet_reviews_tag, cache_keys.cabinet_questions_tag)
    await answer.depends_on(*tags_of_lists(cabinets), *(tag(cabinet) for cabinet in cabinets for tag in written))
    query = ReviewFiguresQuery(
        cabinets=cabinets, period=period.value, group_by=group_by, nm_id=nm_id, limit=limit, offset=offset
    )
    report, age = await review_figures.read(parts.reads, query)
    return answer.of(report, age=age, keep_seconds=cache_keys.TTL_ANALYTICS_SECONDS)

"""The report of one order: read in a fixed number of statements, by sections, with its text in two languages."""

from datetime import datetime
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from contracts.items import SECTIONS, Section
from contracts.order_report import OrderReport, ReportedToday
from contracts.products import ProductCard
from servicekit.telemetry import current_trace_id
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures.moscow import day_of
from reporter.figures.order_money import read_order_money
from reporter.reports import sections
from reporter.reports.ages import read_ages
from reporter.reports.text.report import texts
from reporter.reports.today import today_and_yesterday

SHOWN = (
    Section.BUYOUT,
    Section.VELOCITY,
    Section.STOCK,
    Section.REGIONS,
    Section.REVIEWS,
    Section.RANK,
    Section.ADVERTS,
)

# One checkout is one moment, give or take: its orders are found by the index of moments, which knows no baskets.
_ORDER = text("""
SELECT life.*, basket.size AS basket_size
FROM order_lives AS life
LEFT JOIN LATERAL (
    SELECT count(*) AS size FROM order_facts AS beside
    WHERE beside.cabinet_id = life.cabinet_id AND beside.g_number = life.g_number
        AND beside.ordered_at >= life.ordered_at - interval '10 minutes'
        AND beside.ordered_at <= life.ordered_at + interval '10 minutes'
) AS basket ON life.g_number IS NOT NULL
WHERE life.cabinet_id = :cabinet_id AND life.order_id = :order_id
    AND NOT EXISTS (SELECT FROM disconnected_cabinets WHERE disconnected_cabinets.cabinet_id = :cabinet_id)
""")
_ITEM = text("""
SELECT (
    SELECT to_jsonb(card) FROM products AS card WHERE card.cabinet_id = :cabinet_id AND card.nm_id = :nm_id
) AS card, (
    SELECT jsonb_object_agg(section, body) FROM item_figures
    WHERE item_figures.cabinet_id = :cabinet_id AND item_figures.nm_id = :nm_id
        AND section = ANY (CAST(:sections AS text[])) AND currency IN ('', :currency)
) AS bodies
""")
_PERIODS = text("""
SELECT * FROM analytics_cache
WHERE cabinet_id = :cabinet_id AND nm_id = :nm_id AND currency = :currency ORDER BY period_days
""")


async def order_report(
    connection: AsyncConnection, cabinet_id: UUID, order_id: UUID, now: datetime
) -> OrderReport | None:
    """The report as of `now`; none: the cabinet has no such order, or is disconnected."""
    values: dict[str, object] = {"cabinet_id": cabinet_id, "order_id": order_id}
    found = (await connection.execute(_ORDER, values)).mappings().first()
    if found is None:
        return None
    order = dict(found)
    nm_id, currency = order["nm_id"], order["currency"]
    values = {"cabinet_id": cabinet_id, "nm_id": nm_id, "currency": currency, "sections": list(SHOWN)}
    item = (await connection.execute(_ITEM, values)).one()
    card = ProductCard.model_validate(item.card) if item.card else None
    bodies = {Section(name): SECTIONS[Section(name)].model_validate(body) for name, body in (item.bodies or {}).items()}
    periods = (await connection.execute(_PERIODS, values)).mappings()
    of_item, of_shop = (nm_id, currency), (WHOLE_CABINET, currency)
    days = await today_and_yesterday(connection, cabinet_id, (of_item, of_shop), now)
    money = await read_order_money(connection, cabinet_id, [order_id], day_of(now))
    report = OrderReport(
        order=sections.itself(order, card),
        money=sections.money(order, money[order_id]),
        route=sections.route(order, bodies),
        sales_periods=tuple(sections.sales_period(dict(row)) for row in periods),
        buyout_periods=sections.buyout(bodies),
        velocity=sections.velocity(bodies),
        today_vs_yesterday=ReportedToday(product=days[of_item], shop=days[of_shop]),
        stocks=sections.stocks(bodies),
        product=sections.product(bodies, currency),
        freshness=await read_ages(connection, cabinet_id, now),
        text="",
        text_en="",
        trace_id=current_trace_id(),
    )
    return report.model_copy(update=texts(report))

"""What a source or a seller says is kept, and what it touches is left to be counted."""

from typing import Any

from contracts.envelope import Event, EventData
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter import cabinets
from reporter.facts import newer_rows
from reporter.facts.adverts import BALANCE, BIDS, BUDGETS, CAMPAIGNS, SPEND, STATS
from reporter.facts.claims import CLAIMS
from reporter.facts.entered import COSTS, LEAD_TIMES, OTHER_COSTS, PLANS, TAX
from reporter.facts.fbs import FBS_ORDERS, OFFICES, WAREHOUSES
from reporter.facts.feedbacks import FEEDBACKS
from reporter.facts.finance import FINANCE
from reporter.facts.funnel import FUNNEL
from reporter.facts.newer_rows import Facts
from reporter.facts.prices import PRICES
from reporter.facts.products import PRODUCTS
from reporter.facts.questions import QUESTIONS
from reporter.facts.sales import SALES
from reporter.facts.stocks import SELLER_STOCKS, STOCK_REMAINS, STOCKS
from reporter.facts.tariffs import BOX, COMMISSION, RETURN

KEPT: dict[type[EventData], Facts] = {
    facts.event: facts
    for facts in (
        SALES, PRODUCTS, PRICES, STOCKS, SELLER_STOCKS, STOCK_REMAINS, FBS_ORDERS, WAREHOUSES, OFFICES, FEEDBACKS,
        QUESTIONS, CLAIMS, FUNNEL, FINANCE, CAMPAIGNS, BIDS, STATS, SPEND, BUDGETS, BALANCE, COMMISSION, BOX, RETURN,
        COSTS, TAX, OTHER_COSTS, LEAD_TIMES, PLANS,
    )
}  # fmt: skip
"""The events whose rows are kept, and how. All but sales (`sales_updated.py`) and claims are only that."""


async def facts_updated(connection: AsyncConnection, event: Event[Any]) -> None:
    """Keep the newer rows."""
    if await cabinets.hold(connection, event.cabinetid):
        await newer_rows.store(connection, KEPT[type(event.data)], event)

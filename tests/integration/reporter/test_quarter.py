"""Every figure a second time, in plain Python, from what Wildberries itself knows after a quarter of a shop's life."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from contracts.entered import (
    CostsEnteredV1,
    EnteredCost,
    EnteredLeadTime,
    EnteredOtherCost,
    EnteredPlan,
    EnteredTax,
    LeadTimesEnteredV1,
    OtherCostsEnteredV1,
    PlanEnteredV1,
    TaxEnteredV1,
)
from contracts.items import UnitMoney
from reporter.cabinet_locks import CabinetLocks
from reporter.figures.pacing import Pace
from reporter.jobs.reconcile import reconcile
from servicekit.db import Database
from servicekit.events import new_event
from support.quarter import Quarter
from support.reading import CABINET
from support.recomputed import MOSCOW, Books, abc, buyout, totals
from support.recomputed_demand import LeadTime, plan, stock, velocity
from support.recomputed_money import Entered, adverts, fact, regions, reviews, unit_estimate, unit_fact
from support.rows import execute, rows

NO_COST = 354269300
"""An item without a cost that was entered."""
SINCE = date(2026, 8, 1)
LEAD = LeadTime(lead_days=10, deviation=Decimal(2), target_days=21, box_units=5)
PLANS = {0: (500, Decimal(1_000_000)), 282992343: (150, Decimal(300_000))}
START = datetime(2026, 8, 1, 9, tzinfo=UTC)
"""Noon in Moscow."""

Fold = Callable[..., Awaitable[set[str]]]
Sections = dict[tuple[int, str], Any]


async def test_every_figure_is_what_wildberries_own_rows_come_to(
    fold: Fold,
    count_stale: Callable[..., Awaitable[int]],
    turn_day: Callable[[date], Awaitable[int]],
    reporter_db: Database,
) -> None:
    books = Books()
    await enter(fold)
    today = START.astimezone(MOSCOW).date()
    for look in Quarter(START).live():
        books.read(look.at, look.truth)
        if (day := look.at.astimezone(MOSCOW).date()) != today:
            today = day
            await turn_day(today)
        await fold(*look.events, today=today)
        if today.day % 7 == 0:
            await count_stale(today=today)
    await count_stale(today=today)
    books.close()
    comparison = Comparison()
    for row in await rows(reporter_db, "SELECT * FROM analytics_cache"):
        days, nm_id = row["period_days"], row["nm_id"]
        expected = totals(books, nm_id, today - timedelta(days - 1), today)
        comparison.add(f"{nm_id} of {days} days", {name: row[name] for name in expected}, expected)
    sections = {
        (row["nm_id"], row["section"]): row["body"]
        for row in await rows(reporter_db, "SELECT nm_id, section, body FROM item_figures")
    }
    compare_demand(comparison, books, sections, today)
    compare_money(comparison, books, sections, today)
    for nm_id in (0, *books.items):
        told = sections.get((nm_id, "regions"), {}).get("regions", [])
        comparison.add(f"regions of {nm_id}", told, as_json(regions(books, nm_id, today)))
        for name, computed in (("adverts", adverts), ("reviews", reviews)):
            comparison.add(f"{name} of {nm_id}", sections.get((nm_id, name)), as_json(computed(books, nm_id, today)))
    print(f"figures compared: {comparison.figures}")
    assert comparison.differences == []
    assert comparison.figures > 2_000
    await check_reconciliation(reporter_db, look.at, today)


async def check_reconciliation(database: Database, at: datetime, today: date) -> None:
    """All sides tell the same; of orders and sales that are lost each is missed, whatever explains it."""

    async def reconciled() -> dict[str, tuple[int, Decimal]]:
        await execute(
            database,
            "INSERT INTO stale_reconciliations (cabinet_id, nm_id, marked_at, is_told) "
            "SELECT cabinet_id, nm_id, now(), true FROM products ON CONFLICT DO NOTHING",
        )
        await reconcile(database, CabinetLocks(), Pace(), lambda: today, lambda: at, after_seconds=0)
        found = await rows(
            database,
            "SELECT against, sum(pieces) AS pieces, sum(amount) AS amount FROM reconciliation GROUP BY against",
        )
        return {row["against"]: (row["pieces"], row["amount"]) for row in found}

    assert await reconciled() == {}
    lost = """
        WITH lost AS (
            DELETE FROM {table} WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM {table} WHERE day < DATE '{today}' - 10 ORDER BY day DESC, {key} LIMIT 40
            )) RETURNING *
        )
        SELECT sum({pieces}) AS pieces, sum({amount}) AS amount FROM lost
    """
    orders = lost.format(table="order_facts", key="order_id", pieces="1", amount="price_with_disc", today=today)
    sales = lost.format(
        table="sales", key="sale_id", pieces="CASE WHEN is_return THEN -1 ELSE 1 END", amount="for_pay", today=today
    )
    missed = {
        against: (row["pieces"], row["amount"])
        for against, statement in (("funnel", orders), ("finance", sales))
        for row in await rows(database, statement)
    }
    assert await reconciled() == missed
    unknown = await rows(
        database, "SELECT subject FROM alerts WHERE rule = 'reconciliation_unknown' AND resolved_at IS NULL"
    )
    assert unknown


def compare_demand(comparison: "Comparison", books: Books, sections: Sections, today: date) -> None:
    sizes = {card["nmID"]: [size["chrtID"] for size in card["sizes"]] for card in books.last["products"]}
    for nm_id in books.items:
        comparison.add(f"buyout of {nm_id}", sections.get((nm_id, "buyout")), as_json(buyout(books, nm_id, today)))
        told = {name: each for name, each in sections.get((nm_id, "velocity"), {}).items() if name != "sizes"}
        comparison.add(f"velocity of {nm_id}", told, as_json(velocity(books, nm_id, today)))
        expected = stock(books, nm_id, sizes[nm_id], LEAD, today)
        body = sections.get((nm_id, "stock"), {"total": {}})
        told = {"total": {name: body["total"].get(name) for name in expected["total"]}}
        told |= {"past_error_days": body.get("past_error_days")}
        comparison.add(f"stock of {nm_id}", told, as_json(expected))
    for nm_id, (orders, orders_sum) in PLANS.items():
        expected = plan(books, nm_id, orders, orders_sum, today)
        comparison.add(f"plan of {nm_id}", sections.get((nm_id, "plan")), as_json(expected))
    month = {nm_id: totals(books, nm_id, today - timedelta(29), today) for nm_id in books.items}
    letters = abc({nm_id: total["sales_sum"] - total["returns_sum"] for nm_id, total in month.items()})
    told = {nm_id: sections.get((nm_id, "rank"), {}).get("abc_revenue") for nm_id in books.items}
    comparison.add("ranks", told, letters)


def compare_money(comparison: "Comparison", books: Books, sections: Sections, today: date) -> None:
    whole = mature_share(sections, 0)
    whole = None if whole is None else whole.quantize(Decimal(1), ROUND_HALF_UP)
    for nm_id in (0, *books.items):
        found = fact(books, ENTERED, nm_id)
        told = sections.get((nm_id, "money"), {})
        if found is not None and found["units"] > 0:
            comparison.add(f"fact of {nm_id}", told.get("fact"), filled(unit_fact(found, ENTERED.tax_percent)))
            days = [str(found["from"]), str(found["to"])]
            comparison.add(f"days of {nm_id}", [told["fact_from"], told["fact_to"]], days)
            comparison.add(f"units of {nm_id}", told["fact_units"], found["units"])
        if nm_id:
            share = mature_share(sections, nm_id) or whole
            expected = unit_estimate(books, ENTERED, found, nm_id, share, today)
            comparison.add(f"estimate of {nm_id}", told.get("estimate"), filled(expected))


def mature_share(sections: Sections, nm_id: int) -> Decimal | None:
    """Of 30 days, as the section tells it."""
    periods = sections.get((nm_id, "buyout"), {}).get("periods", [])
    return next(
        (Decimal(each["mature_share"]) for each in periods if each["period_days"] == 30 and each["mature_share"]), None
    )


class Comparison:
    """What is told beside what it should be."""

    def __init__(self) -> None:
        self.figures = 0
        self.differences: list[tuple[str, Any, Any]] = []

    def add(self, what: str, told: Any, expected: Any) -> None:
        """One more section or figure."""
        self.figures += numbers_in(expected)
        if plain(told) != plain(expected):
            self.differences.append((what, told, expected))


def numbers_in(value: Any) -> int:
    """How many figures stand in it."""
    if isinstance(value, dict):
        return sum(map(numbers_in, value.values()))
    if isinstance(value, list | tuple):
        return sum(map(numbers_in, value))
    return 1


ITEMS = (181653560, 218469571, 251902185, 270659338, 276767366, 282992343, 324910657)
ENTERED = Entered(
    costs={
        nm_id: [(SINCE, Decimal(300 + nm_id % 70)), (date(2026, 10, 12), Decimal(330 + nm_id % 70))] for nm_id in ITEMS
    },
    other=[(date(2026, 8, 20), Decimal("25.50"))],
    tax_percent=Decimal(6),
)


async def enter(fold: Fold) -> None:
    """What the seller enters, before anything is known of the shop."""
    row = {"revision": 1, "change": "new"}
    costs = tuple(
        EnteredCost(nm_id=nm_id, valid_from=since, cost=cost, **row)
        for nm_id, entries in ENTERED.costs.items()
        for since, cost in entries
    )
    other = tuple(EnteredOtherCost(nm_id=0, valid_from=since, amount=amount, **row) for since, amount in ENTERED.other)
    lead = EnteredLeadTime(
        nm_id=0,
        valid_from=SINCE,
        lead_days=LEAD.lead_days,
        lead_days_deviation=LEAD.deviation,
        target_days=LEAD.target_days,
        box_units=LEAD.box_units,
        **row,
    )
    plans = tuple(
        EnteredPlan(nm_id=nm_id, month=date(2026, 10, 1), orders=orders, orders_sum=orders_sum, **row)
        for nm_id, (orders, orders_sum) in PLANS.items()
    )
    for data in (
        CostsEnteredV1(costs=costs),
        OtherCostsEnteredV1(other_costs=other),
        TaxEnteredV1(taxes=(EnteredTax(valid_from=SINCE, percent=ENTERED.tax_percent, base="income", **row),)),
        LeadTimesEnteredV1(lead_times=(lead,)),
        PlanEnteredV1(plans=plans),
    ):
        await fold(new_event(data, cabinet_id=CABINET))


def filled(unit: dict[str, Any]) -> dict[str, Any]:
    return {name: as_json(unit.get(name)) for name in UnitMoney.model_fields}


def plain(value: Any) -> Any:
    """Amounts as numbers: 1.50 is 1.5."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, str):
        with suppress(InvalidOperation):
            return Decimal(value)
    return value


def as_json(value: Any) -> Any:
    """As the section's body has it."""
    if isinstance(value, dict):
        return {name: as_json(each) for name, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value

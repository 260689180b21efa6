"""Figures, alerts and digests are read from indexes: a page where an index has their order, else no one else's rows."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from servicekit.db import Database
from support.gateway import Gateway, User
from support.plans import looked_at
from support.reporting import NOON, TODAY
from support.stored_items import OWN, filled

PAGE = 20
PERIODS = 2
"""Of each item."""

_COUNTS = "bought, returned, open, sales, returns, previous_orders, previous_cancelled, previous_sales"
_SUMS = "cancelled_sum, sales_sum, for_pay, returns_sum, returns_for_pay, previous_orders_sum, previous_sales_sum"
_OF_DAY = "cancelled, cancelled_sum, bought, returned, open, sales, sales_sum, for_pay, returns, returns_sum"


def _zeros(columns: str) -> str:
    return ", ".join("0" for _ in columns.split(","))


STORE = {
    "analytics_cache": f"""
        INSERT INTO analytics_cache (cabinet_id, nm_id, period_days, period_end, orders, orders_sum, cancelled,
            currency, {_COUNTS}, {_SUMS})
        SELECT {{cabinet}}, n, days, CAST(:today AS date), n % 91, n % 997, 0, 'RUB', {_zeros(_COUNTS)}, {_zeros(_SUMS)}
        FROM generate_series(0, :all) AS n, unnest(ARRAY[30, 90]) AS days
    """,
    "day_totals": f"""
        INSERT INTO day_totals (cabinet_id, nm_id, day, currency, orders, orders_sum, returns_for_pay, {_OF_DAY})
        SELECT {{cabinet}}, n % 3, CAST(:today AS date) - n / 3, 'RUB', 1, 1, 0, {_zeros(_OF_DAY)}
        FROM generate_series(1, :all) AS n
    """,
    "alerts": """
        INSERT INTO alerts (cabinet_id, alert_id, rule, subject, nm_id, severity, material, body, episode, revision,
            raised_at, raised_by, changed_at, resolved_at)
        SELECT {cabinet}, gen_random_uuid(), 'rule ' || n % 7, n, n, 'warning', '',
            '{{"chrt_id": null, "figures": {{}}}}', 1, 1, at, 'live', at, CASE WHEN n % 20 > 0 THEN at END
        FROM (
            SELECT n, CAST(:newest AS timestamptz) - n * interval '1 minute' AS at FROM generate_series(1, :all) AS n
        ) AS made
    """,
    "digests": """
        INSERT INTO digests (cabinet_id, kind, first_day, last_day, revision, prepared_at, looked_at, made_of, body)
        SELECT {cabinet}, 'day', day, day, 1, CAST(:newest AS timestamptz), CAST(:newest AS timestamptz), '', '{{}}'
        FROM (SELECT n, CAST(:today AS date) - n AS day FROM generate_series(1, :all) AS n) AS made
    """,
}


@pytest.fixture
async def cabinets(gateway: Gateway, alice: User, bob: User, reporter_db: Database) -> AsyncIterator[list[UUID]]:
    """The caller's two cabinets, beside one of somebody else that has far more."""
    async with filled(reporter_db, alice, bob, STORE, {"today": TODAY, "newest": NOON}) as made:
        yield made


async def test_figures_alerts_and_digests(gateway: Gateway, alice: User, cabinets: list[UUID]) -> None:
    """Of rows that are stored once: storing them takes longer than all that is asked of them."""
    await figures(gateway, alice, cabinets)
    await alerts(gateway, alice, cabinets)
    await digests(gateway, alice, cabinets)


async def figures(gateway: Gateway, alice: User, cabinets: list[UUID]) -> None:
    async def looked(path: str, **params: Any) -> dict[str, int]:
        return await looked_at(gateway, alice, cabinets, STORE, f"/analytics/{path}", params)

    # Of every item of the cabinets, for none of them is the largest without the others; of none of anybody else's.
    for params in ({}, {"sort": "-orders"}, {"abc": "A"}, {"to_send": True}, {"brand": "a"}, {"currency": "KGS"}):
        assert (await looked("performance", **params))["analytics_cache"] <= OWN * PERIODS + 1, params
    assert (await looked("performance", nm_id=1999))["analytics_cache"] <= len(cabinets) * PERIODS
    for group_by in ("item", "brand", "subject"):
        assert (await looked("sales", group_by=group_by))["analytics_cache"] <= OWN * PERIODS + 1, group_by
    by_day = await looked("sales", group_by="day", period=30)
    assert 0 < by_day["day_totals"] <= 2 * 30
    # The totals of the cabinets alone.
    assert by_day["analytics_cache"] <= len(cabinets)
    by_region = await looked("sales", group_by="region", period=30)
    assert by_region.keys() == {"analytics_cache"}
    assert by_region["analytics_cache"] <= len(cabinets)


async def alerts(gateway: Gateway, alice: User, cabinets: list[UUID]) -> None:
    pages: list[dict[str, Any]] = [{}, {"state": "any"}, {"state": "any", "rule": "rule 3"}]
    for params in pages:
        asked = {**params, "limit": PAGE}
        cursor = (await alice.get("/alerts", **asked)).json()["meta"]["next_cursor"]
        rows = await looked_at(gateway, alice, cabinets, STORE, "/alerts", {**asked, "cursor": cursor})
        assert rows["alerts"] <= (PAGE + 1) * len(cabinets), params
        assert (await looked_at(gateway, alice, cabinets, STORE, "/alerts", asked))["alerts"] <= OWN + 1, params
    others: list[dict[str, Any]] = [{"severity": "critical"}, {"state": "resolved"}, {"rule": "rule 3"}, {"nm_id": 7}]
    for params in others:
        assert (await looked_at(gateway, alice, cabinets, STORE, "/alerts", params))["alerts"] <= OWN + 1, params


async def digests(gateway: Gateway, alice: User, cabinets: list[UUID]) -> None:
    for params in ({}, {"kind": "day"}, {"kind": "week"}, {"from": TODAY, "to": TODAY}):
        assert (await looked_at(gateway, alice, cabinets, STORE, "/digests", params))["digests"] <= OWN + 1, params
    cursor = (await alice.get("/digests", kind="day", limit=PAGE)).json()["meta"]["next_cursor"]
    params = {"kind": "day", "limit": PAGE, "cursor": cursor}
    rows = await looked_at(gateway, alice, cabinets, STORE, "/digests", params)
    assert rows["digests"] <= (PAGE + 1) * len(cabinets)

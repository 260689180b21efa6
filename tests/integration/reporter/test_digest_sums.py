"""Days add up to weeks and months, and causes to what they explain, whatever the rows."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal as D
from typing import Any
from uuid import uuid4

from contracts.digests import (
    Compared,
    DigestKind,
    DigestPreparedV1,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reporter import tables
from reporter.digests.periods import Days, Period, ended
from servicekit.db import Database
from support.digesting import UNIT, counted, stat, total, unit
from support.facts import put
from support.reporting import TODAY

figures = st.integers(0, 9)

of_days = st.lists(
    st.tuples(
        st.integers(0, 61),
        st.integers(1, 3),
        st.sampled_from(["RUB", "BYN"]),
        st.lists(figures, min_size=8, max_size=8),
    ),
    max_size=25,
    unique_by=lambda row: row[:3],
)

of_campaigns = st.lists(
    st.tuples(st.integers(0, 61), st.integers(1, 3), figures, figures), max_size=10, unique_by=lambda row: row[:2]
)


def additive(digest: DigestPreparedV1) -> dict[tuple[str, str], D]:
    """What adds up, by currency and name."""
    found: dict[tuple[str, str], D] = {}
    for each in digest.currencies:
        for name in ("orders", "cancelled", "bought", "returns"):
            compared: Compared = getattr(each, name)
            found |= {(each.currency, name): D(compared.count), (each.currency, f"{name}_sum"): compared.sum}
        of_adverts = each.adverts.model_dump() if each.adverts else {}
        for name in ("views", "clicks", "spent", "orders", "orders_sum"):
            found[each.currency, f"adverts.{name}"] = D(of_adverts.get(name, 0))
        of_estimate = each.estimate.model_dump() if each.estimate else {}
        for name in ("revenue", "commission", "logistics", "adverts", "tax", "cost", "other", "profit"):
            found[each.currency, f"estimate.{name}"] = D(of_estimate.get(name, 0))
    return {key: value for key, value in found.items() if value}


def summed(digests: Iterable[DigestPreparedV1]) -> dict[tuple[str, str], D]:
    sums: dict[tuple[str, str], D] = {}
    for digest in digests:
        for key, value in additive(digest).items():
            sums[key] = sums.get(key, D(0)) + value
    return {key: value for key, value in sums.items() if value}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(of_days, of_campaigns, st.sampled_from([DigestKind.WEEK, DigestKind.MONTH]))
async def test_days_add_up_to_weeks_and_months_and_causes_to_the_whole(
    reporter_db: Database, rows: list[Any], adverts: list[Any], kind: DigestKind
) -> None:
    cabinet_id = uuid4()
    period = ended(kind, TODAY)
    names = ("orders", "orders_sum", "cancelled", "cancelled_sum", "sales", "sales_sum", "returns", "returns_sum")
    since = period.before.first
    await put(
        reporter_db,
        tables.day_totals,
        cabinet_id,
        *(
            total(since + timedelta(days=ago), nm_id, currency=currency, **dict(zip(names, values, strict=True)))
            for ago, nm_id, currency, values in rows
        ),
    )
    await put(
        reporter_db,
        tables.campaign_stats,
        cabinet_id,
        *(
            stat(since + timedelta(days=ago), nm_id, orders=orders, order_sum=D(orders), spent=D(spent) / 7)
            for ago, nm_id, orders, spent in adverts
        ),
    )
    odd = UNIT.model_copy(update={"commission_percent": D("33.33"), "logistics": D("0.01")})
    await put(reporter_db, tables.item_figures, cabinet_id, unit(1), unit(2, odd), unit(2, odd, "BYN"))
    whole = await counted(reporter_db, cabinet_id, period)
    days = [period.now.first + timedelta(days=n) for n in range(len(period.now))]
    of_days = [
        await counted(
            reporter_db,
            cabinet_id,
            Period(DigestKind.DAY, Days(day, day), Days(day - timedelta(days=1), day - timedelta(days=1))),
        )
        for day in days
    ]
    assert additive(whole) == summed(of_days)
    for digest in (whole, *of_days):
        for each in digest.currencies:
            assert each.why.orders_sum == each.orders.sum - each.orders.previous_sum
            assert each.why.orders == each.orders.count - each.orders.previous_count
            assert sum(part.orders_sum for part in each.why.parts) == each.why.orders_sum
            assert sum(part.orders for part in each.why.parts) == each.why.orders

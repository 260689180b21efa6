"""Alerts follow what is counted: each rule's rows are read, and what becomes of an alert is stored with its event."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.alerts import Alert, AlertsRaisedV1, AlertsResolvedV1, AlertsUpdatedV1
from contracts.cabinets import CabinetConnectedV1, CabinetTokenExpiringV1
from contracts.envelope import Event, EventData, Origin
from contracts.feedbacks import ChangedFeedback, FeedbacksUpdatedV1
from contracts.freshness import DataDelayedV1, DataRecoveredV1, DelayedResource, RecoveredResource
from contracts.items import Section
from contracts.model import Model
from contracts.wb_token import TokenClaims, TokenKind
from reporter import tables
from reporter.alerts import engine
from reporter.alerts.rule import Cause, Rule, Seen
from reporter.alerts.rules import RULES, data_lagging, reconciliation_unknown
from reporter.jobs.purge import purge
from servicekit.db import Database
from servicekit.events import new_event
from sqlalchemy import text
from structlog.testing import capture_logs
from support.alerting import ITEM, NOW, TODAY, bodies, priced, reviews, size, stock
from support.facts import put, put_orders
from support.outbox_rows import published
from support.reporting import an_order, cabinet_disconnected, orders_updated, products_updated
from support.rows import all_rows, execute, statements

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]
TurnDay = Callable[[date], Awaitable[int]]
OTHER = 2
EVERYTHING: Mapping[Section, Collection[int]] = dict.fromkeys(Section, (0, ITEM, OTHER))
KINDS = (AlertsRaisedV1, AlertsUpdatedV1, AlertsResolvedV1)


async def count(
    database: Database,
    cabinet_id: UUID,
    sections: Mapping[Section, Collection[int]] = EVERYTHING,
    *,
    now: datetime = NOW,
    told: Collection[int] = (0, ITEM, OTHER),
) -> None:
    """As if these sections had just been written."""
    today = (now + timedelta(hours=3)).date()
    async with database.transaction() as connection:
        await engine.after_counting(connection, cabinet_id, sections, today=today, now=now, told=told)


async def look(database: Database, cabinet_id: UUID, rule: Rule) -> None:
    async with database.transaction() as connection:
        await engine.look(connection, cabinet_id, {rule: [0]}, today=TODAY, now=NOW, origin_of=lambda _: Origin.LIVE)


async def show(database: Database, cabinet_id: UUID, about: Mapping[tuple[int, Section, str], Model]) -> None:
    """Sections of items, instead of those that were there."""
    async with database.transaction() as connection:
        for (nm_id, section, currency), body in about.items():
            await connection.execute(
                text(
                    "INSERT INTO item_figures (cabinet_id, nm_id, section, currency, as_of, body) "
                    "VALUES (:id, :nm_id, :section, :currency, :today, CAST(:body AS jsonb)) "
                    "ON CONFLICT (cabinet_id, nm_id, section, currency) DO UPDATE SET body = excluded.body"
                ),
                {
                    "id": cabinet_id,
                    "nm_id": nm_id,
                    "section": section,
                    "currency": currency,
                    "today": TODAY,
                    "body": body.model_dump_json(),
                },
            )


async def told(database: Database) -> list[tuple[str, Alert]]:
    """Every alert of every event, with the kind of event."""
    found: list[tuple[str, Alert]] = []
    for kind in KINDS:
        found += [
            (kind.TYPE.split(".")[1], alert)
            for event in await published(database, kind.TYPE)
            for alert in event.data.alerts
        ]
    return sorted(found, key=lambda each: (each[1].rule, each[1].subject, each[1].revision))


async def steps(database: Database, rule: str) -> list[str]:
    return [kind for kind, alert in await told(database) if alert.rule == rule]


async def open_rules(database: Database) -> list[str]:
    return sorted(row["rule"] for row in await all_rows(database, "alerts") if row["resolved_at"] is None)


class TestStock:
    async def test_it_ends_is_gone_and_comes_again(self, reporter_db: Database, cabinet_id: UUID) -> None:
        for left in (20, 6, 6, 2, 0, 9, 9):
            await show(reporter_db, cabinet_id, bodies(stock=stock(size(10, left)), money=priced("100")))
            await count(reporter_db, cabinet_id)
        assert await steps(reporter_db, "running_out") == ["raised", "updated", "resolved"]
        assert await steps(reporter_db, "out_of_stock") == ["raised", "resolved"]
        assert await steps(reporter_db, "restocked") == ["raised"]
        await count(reporter_db, cabinet_id, now=NOW + timedelta(hours=25))
        assert await steps(reporter_db, "restocked") == ["raised", "resolved"]
        assert await open_rules(reporter_db) == []

    async def test_the_event_says_all_that_is_known(self, reporter_db: Database, cabinet_id: UUID) -> None:
        await put(reporter_db, tables.products, cabinet_id, {"nm_id": ITEM, "title": "Худи", "sizes": []})
        await show(reporter_db, cabinet_id, bodies(stock=stock(size(10, 2)), money=priced("100")))
        await count(reporter_db, cabinet_id)
        [(_, alert)] = await told(reporter_db)
        assert (alert.rule, alert.severity, alert.nm_id, alert.episode, alert.revision) == (
            "running_out",
            "critical",
            ITEM,
            1,
            1,
        )
        assert (str(alert.money_at_risk), alert.currency) == ("1200.00", "RUB")  # (14 − 2) × 100
        assert alert.product is not None
        assert alert.product.title == "Худи"
        assert (alert.raised_at, alert.raised_by, alert.changed_at, alert.resolved_at) == (NOW, "live", NOW, None)

    async def test_figures_that_say_the_same_move_without_an_event(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        for left in (7, 5):
            await show(reporter_db, cabinet_id, bodies(stock=stock(size(10, left))))
            await count(reporter_db, cabinet_id)
        assert await steps(reporter_db, "running_out") == ["raised"]
        [row] = await all_rows(reporter_db, "alerts")
        assert (row["body"]["figures"]["days_left"], row["revision"]) == ("5.00", 1)
        before = await all_rows(reporter_db, "alerts")
        await count(reporter_db, cabinet_id, now=NOW + timedelta(minutes=1))
        assert await all_rows(reporter_db, "alerts") == before

    async def test_a_new_episode_has_the_next_revision_however_long_ago_the_last_was(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        for days, left in enumerate((5, 50, 5, 50)):
            await show(reporter_db, cabinet_id, bodies(stock=stock(size(10, left))))
            await count(reporter_db, cabinet_id, now=NOW + timedelta(days=5 * days))
        alerts = [alert for _, alert in await told(reporter_db)]
        assert [(alert.episode, alert.revision) for alert in alerts] == [(1, 1), (1, 2), (2, 3), (2, 4)]
        assert len({alert.alert_id for alert in alerts}) == 1
        assert [alert.raised_at for alert in alerts] == [NOW, NOW, *2 * [NOW + timedelta(days=10)]]

    async def test_only_what_was_counted_is_looked_at(self, reporter_db: Database, cabinet_id: UUID) -> None:
        ending = bodies(stock=stock(size(10, 2)), reviews=reviews("4.00", "4.90"))
        await show(reporter_db, cabinet_id, {**ending, **bodies(OTHER, stock=stock(size(20, 2)))})
        await count(reporter_db, cabinet_id, {Section.STOCK: [OTHER], Section.REVIEWS: [ITEM]})
        assert [(alert.rule, alert.nm_id) for _, alert in await told(reporter_db)] == [
            ("rating_drop", ITEM),
            ("running_out", OTHER),
        ]
        await show(reporter_db, cabinet_id, bodies(OTHER, stock=stock(size(20, 90))))
        await count(reporter_db, cabinet_id, {Section.STOCK: [ITEM]})
        assert await open_rules(reporter_db) == ["rating_drop", "running_out", "running_out"]
        await count(reporter_db, cabinet_id, {})
        assert await open_rules(reporter_db) == ["rating_drop", "running_out", "running_out"]


class TestOrigin:
    async def test_what_a_backfill_brought_up_is_told_to_nobody(self, reporter_db: Database, cabinet_id: UUID) -> None:
        ending = stock(size(10, 2))
        await show(reporter_db, cabinet_id, {**bodies(stock=ending), **bodies(OTHER, stock=ending)})
        await count(reporter_db, cabinet_id, told=[OTHER])
        origins = {
            event.data.alerts[0].nm_id: (event.origin, event.data.alerts[0].raised_by)
            for event in await published(reporter_db, AlertsRaisedV1.TYPE)
        }
        assert origins == {ITEM: (Origin.BACKFILL, "backfill"), OTHER: (Origin.LIVE, "live")}

    async def test_later_it_is_known_that_nobody_was_told(self, reporter_db: Database, cabinet_id: UUID) -> None:
        for left, who in ((2, ()), (90, (ITEM,))):
            await show(reporter_db, cabinet_id, bodies(stock=stock(size(10, left))))
            await count(reporter_db, cabinet_id, told=who)
        [event] = await published(reporter_db, AlertsResolvedV1.TYPE)
        assert (event.origin, event.data.alerts[0].raised_by) == (Origin.LIVE, "backfill")

    async def test_an_event_is_the_cause_of_the_alerts_that_it_raises(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        cause = products_updated(cabinet_id)
        await put(reporter_db, tables.sources, cabinet_id, {"resource": "orders", "delayed_since": NOW})
        async with reporter_db.transaction() as connection:
            asked = {data_lagging.RULE: [0]}
            await engine.look(
                connection,
                cabinet_id,
                asked,
                today=TODAY,
                now=NOW,
                origin_of=lambda _: Origin.LIVE,
                cause=cause,
            )
        [event] = await published(reporter_db)
        assert event.causationid == cause.id


def a_feedback(**fields: Any) -> dict[str, Any]:
    return {"id": "f", "nm_id": ITEM, "created_at": NOW, "valuation": 2, "text": "Тонкая ткань", **fields}


class TestReviews:
    async def test_bad_ones_wait_for_an_answer(self, reporter_db: Database, cabinet_id: UUID) -> None:
        old = NOW - timedelta(days=8)
        await put(
            reporter_db,
            tables.feedbacks,
            cabinet_id,
            a_feedback(id="new"),
            a_feedback(id="old", created_at=old, pros="цвет", cons="x" * 900),
            a_feedback(id="too old", created_at=NOW - timedelta(days=30)),
            a_feedback(id="good", valuation=4),
            a_feedback(id="answered", answer_text="Спасибо"),
            a_feedback(id="silent", text="", cons=None),
            a_feedback(id="silent and old", text=None, created_at=old),
            a_feedback(id="unknown", valuation=None),
            a_feedback(id="other", nm_id=3),
        )
        await count(reporter_db, cabinet_id, {Section.REVIEWS: [0, ITEM]})
        raised = {alert.feedback_id: alert.figures["text"] for _, alert in await told(reporter_db)}
        assert raised == {"new": "Тонкая ткань", "old": ("Тонкая ткань · цвет · " + "x" * 900)[:500], "silent": None}
        await execute(reporter_db, "UPDATE feedbacks SET answer_text = 'Спасибо' WHERE id = 'new'")
        await execute(reporter_db, "UPDATE feedbacks SET valuation = 1 WHERE id = 'old'")
        await count(reporter_db, cabinet_id, {Section.REVIEWS: [ITEM]})
        assert await steps(reporter_db, "bad_review") == ["raised", "resolved", "raised", "updated", "raised"]


class TestPrices:
    async def test_a_price_is_compared_with_that_of_a_day_ago(self, reporter_db: Database, cabinet_id: UUID) -> None:
        now, before = (
            [{"nm_id": ITEM, "size_id": n, "revision": 1, "discounted_price": price} for n, price in enumerate(prices)]
            for prices in ((90, 130), (100, 100))
        )
        late = {"changed_at": NOW - timedelta(hours=23), "revision": 3, "discounted_price": 77}
        early = {"changed_at": NOW - timedelta(hours=25), "revision": 2}
        await put(reporter_db, tables.prices, cabinet_id, *now, {"nm_id": OTHER, "size_id": 1, "discounted_price": 5})
        await put(
            reporter_db,
            tables.price_history,
            cabinet_id,
            *({**row, **early} for row in before),
            *({**row, **late} for row in before),
            {**before[0], "changed_at": NOW - timedelta(days=9), "revision": 1, "discounted_price": 1},
            {"nm_id": OTHER, "size_id": 1, "revision": 1, "changed_at": NOW, "discounted_price": 9},
        )
        await count(reporter_db, cabinet_id, {Section.MONEY: [0, ITEM, OTHER]})
        [(_, alert)] = await told(reporter_db)
        assert (alert.rule, alert.figures["change_percent"], alert.nm_id) == ("price_changed", "-10.0", ITEM)
        await count(reporter_db, cabinet_id, {Section.MONEY: [ITEM]}, now=NOW + timedelta(hours=2))
        [row] = await all_rows(reporter_db, "alerts")
        assert row["body"]["figures"]["price_before"] == "77.0000"

    async def test_the_discount_of_wb_is_that_of_most_orders(self, reporter_db: Database, cabinet_id: UUID) -> None:
        spp = [(0, 30), (0, 31), (1, 30), *((n, 20) for n in range(2, 8)), (9, 99), (0, None)]
        await put_orders(
            reporter_db,
            cabinet_id,
            *(an_order(cabinet_id, f"{n}", days_ago=days, spp=percent) for n, (days, percent) in enumerate(spp)),
            *(an_order(cabinet_id, f"o{n}", nm_id=OTHER, days_ago=n, spp=9 * n) for n in range(5)),
        )
        await count(reporter_db, cabinet_id)
        [(_, alert)] = await told(reporter_db)
        assert (alert.rule, alert.severity) == ("spp_changed", "warning")
        assert (alert.figures["spp"], alert.figures["spp_before"]) == ("30.0000", "20.0000")
        assert (alert.figures["orders"], alert.figures["orders_before"]) == (3, 6)


def totals(days_ago: int, **sums: int) -> dict[str, Any]:
    return {"nm_id": ITEM, "day": TODAY - timedelta(days=days_ago), **sums}


class TestUnusual:
    async def test_a_week_is_compared_with_the_month_before(self, reporter_db: Database, cabinet_id: UUID) -> None:
        nothing = {
            column.name: 0
            for column in tables.day_totals.columns
            if column.name.startswith(("orders", "cancelled", "sales", "returns"))
        }
        rows = [
            totals(0, orders=12, cancelled=5, cancelled_sum=500, sales=4, returns=2, returns_sum=70),
            totals(6, orders=12, cancelled=5, cancelled_sum=500, sales=4, returns=2, returns_sum=70),
            totals(7, orders=90, cancelled=7, sales=60, returns=1),
            totals(36, orders=0, cancelled=0, sales=40),
            totals(37, orders=1, cancelled=999, returns=999),
        ]
        of_cabinet = [{**row, "nm_id": 0} for row in rows[:1]]
        await put(reporter_db, tables.day_totals, cabinet_id, *({**nothing, **row} for row in [*rows, *of_cabinet]))
        await count(reporter_db, cabinet_id, {Section.BUYOUT: [0, ITEM]})
        by_rule = {alert.rule: alert for _, alert in await told(reporter_db)}
        assert by_rule.keys() == {"unusual_cancels", "unusual_returns"}
        cancels, returns = (by_rule[name].figures for name in sorted(by_rule))
        names = ("events", "tries", "before_events", "before_tries")
        assert [cancels[name] for name in names] == [10, 24, 7, 90]
        assert [returns[name] for name in names] == [4, 8, 1, 100]


class TestFinance:
    async def test_penalties_and_odd_deductions_are_one_alert_a_report_and_kind(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        def line(rrd_id: int, week: int, **fields: Any) -> dict[str, Any]:
            return {
                "report_id": 10 - week,
                "rrd_id": rrd_id,
                "report_to": TODAY - timedelta(days=5 + 7 * week),
                "seller_oper_name": "Удержание",
                **fields,
            }

        await put(
            reporter_db,
            tables.finance_rows,
            cabinet_id,
            line(1, 0, nm_id=ITEM, bonus_type_name="Штраф №123", penalty=300),
            line(2, 0, nm_id=ITEM, bonus_type_name="Штраф №77", penalty=200),
            line(3, 0, nm_id=3, bonus_type_name="Штраф", penalty=200),
            line(4, 0, nm_id=None, bonus_type_name="Продвижение", deduction=5000),
            line(5, 1, nm_id=0, bonus_type_name="Продвижение", deduction=4000),
            line(6, 2, bonus_type_name="Продвижение", deduction=1000, nm_id=None),
            line(7, 0, nm_id=None, bonus_type_name="", deduction=50),
            line(8, 9, nm_id=ITEM, bonus_type_name="Штраф", penalty=900),
            line(9, 0, nm_id=ITEM, bonus_type_name="Логистика", delivery_service=90),
        )
        await count(reporter_db, cabinet_id, {Section.MONEY: [0, ITEM, OTHER]})
        found = {(alert.nm_id, alert.figures["kind"]): alert.money_at_risk for _, alert in await told(reporter_db)}
        # 4,000 a week after 1,000 was odd last week, and is news for two; 5,000 after 4,000 is not.
        assert found == {(ITEM, "Штраф"): 500, (0, "Удержание"): 50, (0, "Продвижение"): 4000}


class TestCabinet:
    async def test_data_that_do_not_come(self, reporter_db: Database, cabinet_id: UUID) -> None:
        early = NOW - timedelta(hours=1)
        await put(
            reporter_db,
            tables.sources,
            cabinet_id,
            {"resource": "orders", "delayed_since": early, "delay_reason": "503"},
            {"resource": "stocks", "delayed_since": NOW, "recovered_at": early},
            {"resource": "prices", "delayed_since": early, "recovered_at": NOW},
            {"resource": "cards", "as_of": NOW},
        )
        await look(reporter_db, cabinet_id, data_lagging.RULE)
        assert {alert.resource for _, alert in await told(reporter_db)} == {"orders", "stocks"}
        await execute(reporter_db, "UPDATE sources SET recovered_at = now()")
        await look(reporter_db, cabinet_id, data_lagging.RULE)
        assert await steps(reporter_db, "data_lagging") == ["raised", "resolved", "raised", "resolved"]

    async def test_what_is_left_unknown(self, reporter_db: Database, cabinet_id: UUID) -> None:
        part = {"nm_id": ITEM, "against": "funnel", "class": "unknown", "pieces": 2, "amount": 200}
        await put(
            reporter_db,
            tables.reconciliation,
            cabinet_id,
            part,
            {**part, "day": TODAY - timedelta(days=1), "pieces": -3, "amount": -500},
            {**part, "nm_id": OTHER, "pieces": 0, "amount": 50},
            {**part, "against": "finance"},
            {**part, "class": "rounding", "amount": 9999},
        )
        await look(reporter_db, cabinet_id, reconciliation_unknown.RULE)
        alerts = {alert.subject: alert for _, alert in await told(reporter_db)}
        assert alerts.keys() == {"funnel:RUB", "finance:RUB"}
        figures = alerts["funnel:RUB"].figures
        assert (figures["items"], figures["pieces"]) == (2, 5)
        assert alerts["funnel:RUB"].money_at_risk == Decimal(750)
        assert [each["nm_id"] for each in figures["most"]] == [ITEM, OTHER]
        assert figures["most"][0] == {"nm_id": ITEM, "pieces": -1, "amount": "-300.0000"}
        await execute(reporter_db, "DELETE FROM reconciliation WHERE against = 'funnel'")
        await look(reporter_db, cabinet_id, reconciliation_unknown.RULE)
        assert await steps(reporter_db, "reconciliation_unknown") == ["raised", "raised", "resolved"]


def token_given(cabinet_id: UUID, *, expires_in: int, at: int) -> Event[Any]:
    """A token that ends in so many days, given at the hour `at`."""
    claims = TokenClaims(
        kind=TokenKind.PERSONAL,
        seller_id=cabinet_id,
        categories=frozenset(),
        read_only=True,
        expires_at=NOW + timedelta(days=expires_in),
    )
    return _at(at, CabinetConnectedV1(sealed_token="x", claims=claims, members=()), cabinet_id)


def token_expiring_in(cabinet_id: UUID, days: int, *, at: int) -> Event[Any]:
    data = CabinetTokenExpiringV1(expires_at=NOW + timedelta(days=20), threshold_days=days)
    return _at(at, data, cabinet_id)


def _at(hours: int, data: EventData, cabinet_id: UUID) -> Event[Any]:
    event = new_event(data, cabinet_id=cabinet_id)
    return event.model_copy(update={"time": NOW + timedelta(hours=hours)})


class TestEvents:
    async def test_a_token_that_ends_is_told_until_there_is_another(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(token_given(cabinet_id, expires_in=20, at=0))
        expiring = [token_expiring_in(cabinet_id, days, at=n) for n, days in enumerate((30, 14, 3), start=1)]
        await fold(expiring[0], expiring[0], *expiring)
        assert await steps(reporter_db, "token_expiring") == ["raised", "updated", "updated"]
        assert [alert.severity for _, alert in await told(reporter_db)] == ["info", "warning", "critical"]
        new = token_given(cabinet_id, expires_in=180, at=4)
        await fold(new)
        assert (await steps(reporter_db, "token_expiring"))[3:] == ["resolved"]
        [resolved] = await published(reporter_db, AlertsResolvedV1.TYPE)
        assert resolved.causationid == new.id

    @pytest.mark.parametrize("order", list(permutations(range(4))))
    async def test_the_order_of_telling_changes_nothing(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID, order: tuple[int, ...]
    ) -> None:
        events = [
            token_given(cabinet_id, expires_in=20, at=0),
            token_expiring_in(cabinet_id, 30, at=1),
            token_expiring_in(cabinet_id, 14, at=2),
            token_given(cabinet_id, expires_in=180, at=3),
        ]
        await fold(*(events[n] for n in order))
        assert await open_rules(reporter_db) == []
        [row] = await all_rows(reporter_db, "cabinet_tokens")
        assert (row["expires_at"], row["threshold_days"]) == (NOW + timedelta(days=180), 14)

    async def test_data_that_stop_and_come_again(self, fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
        late = DelayedResource(resource="orders", last_success_at=NOW, reason="503")
        back = RecoveredResource(resource="orders", delayed_since=NOW, recovered_at=NOW + timedelta(hours=1))
        delayed = new_event(DataDelayedV1(resources=(late,)), cabinet_id=cabinet_id)
        recovered = new_event(DataRecoveredV1(resources=(back,)), cabinet_id=cabinet_id)
        await fold(delayed, delayed, recovered, recovered)
        assert await steps(reporter_db, "data_lagging") == ["raised", "resolved"]
        [raised] = await published(reporter_db, AlertsRaisedV1.TYPE)
        assert (raised.causationid, raised.origin) == (delayed.id, Origin.LIVE)

    async def test_of_a_disconnected_cabinet_nothing_is_told(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        late = DelayedResource(resource="orders", last_success_at=NOW)
        back = RecoveredResource(resource="orders", delayed_since=NOW, recovered_at=NOW)
        await fold(
            cabinet_disconnected(cabinet_id),
            token_given(cabinet_id, expires_in=20, at=0),
            token_expiring_in(cabinet_id, 3, at=1),
            new_event(DataDelayedV1(resources=(late,)), cabinet_id=cabinet_id),
            new_event(DataRecoveredV1(resources=(back,)), cabinet_id=cabinet_id),
        )
        assert await all_rows(reporter_db, "alerts") == []
        assert await all_rows(reporter_db, "cabinet_tokens") == []


class TestWhoIsTold:
    """Cancels of a week that were rare before, folded with the jobs that count what is marked."""

    async def fold_cancels(self, fold: Fold, cabinet_id: UUID, origin: Origin) -> None:
        usual = [an_order(cabinet_id, f"u{n}", days_ago=8 + n % 29) for n in range(90)]
        cancelled = [an_order(cabinet_id, f"c{n}", days_ago=n % 5, is_cancel=True) for n in range(9)]
        await fold(orders_updated(cabinet_id, *usual, *cancelled, origin=origin))

    async def told_of(self, database: Database) -> set[tuple[int, Origin]]:
        raised = await published(database, AlertsRaisedV1.TYPE)
        return {(alert.nm_id, event.origin) for event in raised for alert in event.data.alerts}

    @pytest.mark.parametrize("origin", Origin)
    async def test_people_are_told_of_what_is_live_alone(
        self, fold: Fold, count_stale: CountStale, reporter_db: Database, cabinet_id: UUID, origin: Origin
    ) -> None:
        await self.fold_cancels(fold, cabinet_id, origin)
        await count_stale()
        told_as = Origin.LIVE if origin is Origin.LIVE else Origin.BACKFILL
        assert await self.told_of(reporter_db) == {(0, told_as), (1, told_as)}

    async def test_a_live_order_beside_a_backfill_is_told_of(
        self, fold: Fold, count_stale: CountStale, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await self.fold_cancels(fold, cabinet_id, Origin.LIVE)
        await fold(orders_updated(cabinet_id, an_order(cabinet_id, "x", nm_id=2), origin=Origin.BACKFILL))
        await count_stale()
        assert await self.told_of(reporter_db) == {(0, Origin.LIVE), (1, Origin.LIVE)}

    @pytest.mark.parametrize("origins", list(permutations([Origin.LIVE, Origin.BACKFILL])))
    async def test_one_live_event_of_an_item_is_enough(
        self,
        fold: Fold,
        count_stale: CountStale,
        reporter_db: Database,
        cabinet_id: UUID,
        origins: tuple[Origin, Origin],
    ) -> None:
        for origin in origins:
            review = ChangedFeedback(
                id=origin, nm_id=1, created_at=NOW, valuation=1, text="Тонкая ткань", revision=1, change="new"
            )
            order = an_order(cabinet_id, origin, nm_id=2, days_ago=1)
            reviewed = FeedbacksUpdatedV1(feedbacks=(review,))
            await fold(
                new_event(reviewed, cabinet_id=cabinet_id, origin=origin),
                orders_updated(cabinet_id, order, origin=origin),
            )
        marked = {
            (row["nm_id"], row["is_told"])
            for table in ("stale_cells", "stale_sections")
            for row in await all_rows(reporter_db, table)
        }
        assert marked == {(1, True), (2, True)}
        await count_stale()
        assert await self.told_of(reporter_db) == {(1, Origin.LIVE)}

    async def test_what_a_new_day_brings_up_is_told_of(
        self, fold: Fold, count_stale: CountStale, turn_day: TurnDay, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        tomorrow = TODAY + timedelta(days=1)
        later = [an_order(cabinet_id, f"c{n}", days_ago=-1, is_cancel=True) for n in range(9)]
        usual = [an_order(cabinet_id, f"u{n}", days_ago=8 + n % 28) for n in range(90)]
        await fold(orders_updated(cabinet_id, *usual, *later, origin=Origin.BACKFILL))
        await count_stale()
        assert await self.told_of(reporter_db) == set()
        await turn_day(tomorrow)
        await count_stale(today=tomorrow)
        assert await self.told_of(reporter_db) == {(0, Origin.LIVE), (1, Origin.LIVE)}

    async def test_of_several_processes_one_tells(
        self, fold: Fold, count_stale: CountStale, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await self.fold_cancels(fold, cabinet_id, Origin.LIVE)
        await asyncio.gather(*(count_stale() for _ in range(3)))
        assert await self.told_of(reporter_db) == {(0, Origin.LIVE), (1, Origin.LIVE)}
        assert len(await told(reporter_db)) == 2

    async def test_a_kill_before_the_commit_tells_nothing_and_loses_nothing(
        self,
        fold: Fold,
        count_stale: CountStale,
        reporter_db: Database,
        cabinet_id: UUID,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        await self.fold_cancels(fold, cabinet_id, Origin.LIVE)
        events_of = engine._events

        def killed(*_: Any) -> Any:
            raise ConnectionError("killed")  # the alerts are stored by then

        monkeypatch.setattr(engine, "_events", killed)
        with capture_logs() as logs:
            await count_stale()
        assert "stale.failed" in {line["event"] for line in logs}
        assert await all_rows(reporter_db, "alerts") == []
        assert await published(reporter_db, AlertsRaisedV1.TYPE) == []
        monkeypatch.setattr(engine, "_events", events_of)
        for _ in range(2):
            await count_stale()
        assert await self.told_of(reporter_db) == {(0, Origin.LIVE), (1, Origin.LIVE)}
        assert len(await told(reporter_db)) == 2


class TestTogether:
    async def test_the_number_of_statements_does_not_grow_with_items_or_alerts(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        counted = []
        for items in (1, 40):
            nm_ids = range(100 * items, 101 * items)
            for nm_id in nm_ids:
                about = {"stock": stock(size(10, 2), size(11, 0)), "reviews": reviews("4.00", "4.90")}
                await show(reporter_db, cabinet_id, bodies(nm_id, **about))
                await put(reporter_db, tables.feedbacks, cabinet_id, a_feedback(id=f"{nm_id}", nm_id=nm_id))
            with statements(reporter_db) as sent:
                await count(reporter_db, cabinet_id, {section: [0, *nm_ids] for section in Section})
            counted.append(len(sent))
        assert len(await told(reporter_db)) == 4 * 41
        assert counted[0] == counted[1] <= 14
        with statements(reporter_db) as sent:
            await count(reporter_db, cabinet_id, {Section.STOCK: [ITEM]})
        assert len(sent) <= 4

    async def test_a_rule_that_fails_leaves_its_alerts_and_holds_up_no_other(
        self, reporter_db: Database, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await show(reporter_db, cabinet_id, bodies(stock=stock(size(10, 2)), reviews=reviews("4.00", "4.90")))
        await count(reporter_db, cabinet_id)
        await show(reporter_db, cabinet_id, bodies(stock=stock(size(10, 90)), reviews=reviews("4.90", "4.90")))

        def fail(_: Seen) -> list[Cause]:
            raise ZeroDivisionError

        failing = [replace(rule, causes=fail) if rule.name == "running_out" else rule for rule in RULES]
        monkeypatch.setattr(engine, "RULES", failing)
        with capture_logs() as logs:
            await count(reporter_db, cabinet_id)
        assert [line["rule"] for line in logs if line["event"] == "alerts.rule_failed"] == ["running_out"]
        assert await open_rules(reporter_db) == ["running_out"]

    @pytest.mark.parametrize("odd", [{"currency": "руб."}, {"penalty": Decimal(10**14) - 1}])
    async def test_a_cause_that_no_event_can_tell_of_holds_up_no_other(
        self, reporter_db: Database, cabinet_id: UUID, odd: dict[str, Any]
    ) -> None:
        lines = [
            {"report_id": 1, "rrd_id": n, "report_to": TODAY, "nm_id": ITEM, "bonus_type_name": kind, "penalty": 300}
            for n, kind in enumerate("aab")
        ]
        await put(reporter_db, tables.finance_rows, cabinet_id, *({**line, **odd} for line in lines[:2]), lines[2])
        with capture_logs() as logs:
            await count(reporter_db, cabinet_id, {Section.MONEY: [ITEM]})
        assert [line["subject"][:5] for line in logs if line["event"] == "alerts.odd_cause"] == ["1:1:a"]
        assert [alert.figures["kind"] for _, alert in await told(reporter_db)] == ["b"]

    async def test_cabinets_do_not_see_one_another(self, reporter_db: Database, cabinet_id: UUID) -> None:
        other = uuid4()
        for each in (cabinet_id, other):
            await show(reporter_db, each, bodies(stock=stock(size(10, 2))))
            await count(reporter_db, each)
        await show(reporter_db, other, bodies(stock=stock(size(10, 90))))
        await count(reporter_db, other)
        rows = {row["cabinet_id"]: row["resolved_at"] for row in await all_rows(reporter_db, "alerts")}
        assert rows == {cabinet_id: None, other: NOW}

    async def test_many_are_told_in_events_of_bounded_size(
        self, reporter_db: Database, cabinet_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engine, "MAX_BATCH", 2)
        rows = [a_feedback(id=f"{n}") for n in range(5)]
        await put(reporter_db, tables.feedbacks, cabinet_id, *rows)
        await count(reporter_db, cabinet_id)
        sizes = [len(event.data.alerts) for event in await published(reporter_db, AlertsRaisedV1.TYPE)]
        assert sorted(sizes) == [1, 2, 2]


async def test_a_disconnected_cabinet_keeps_no_alert(reporter_db: Database, cabinet_id: UUID, fold: Fold) -> None:
    await show(reporter_db, cabinet_id, bodies(stock=stock(size(10, 2))))
    await count(reporter_db, cabinet_id)
    await fold(cabinet_disconnected(cabinet_id))
    await purge(reporter_db)
    assert await all_rows(reporter_db, "alerts") == []

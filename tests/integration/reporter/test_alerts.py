"""What becomes of an alert while its cause is counted again and again is stored with its event."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.alerts import AlertsRaisedV1, AlertsResolvedV1
from contracts.envelope import Origin
from contracts.items import Section
from reporter import tables
from reporter.alerts import engine
from reporter.alerts.rule import Cause, Seen
from reporter.alerts.rules import RULES, data_lagging
from reporter.jobs.purge import purge
from servicekit.db import Database
from structlog.testing import capture_logs
from support.alerting import ITEM, NOW, TODAY, bodies, priced, reviews, size, stock
from support.facts import put
from support.outbox_rows import published
from support.reporting import cabinet_disconnected, products_updated
from support.rows import all_rows, statements
from support.stored_alerts import OTHER, a_feedback, count, open_rules, show, steps, told

Fold = Callable[..., Awaitable[set[str]]]


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

    async def test_one_section_that_is_live_lets_nothing_of_another_be_told(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await show(reporter_db, cabinet_id, bodies(stock=stock(size(10, 2)), reviews=reviews("4.00", "4.90")))
        await count(reporter_db, cabinet_id, told={Section.STOCK: [ITEM]})
        origins = {
            alert.rule: (event.origin, alert.raised_by)
            for event in await published(reporter_db, AlertsRaisedV1.TYPE)
            for alert in event.data.alerts
        }
        assert origins == {"rating_drop": (Origin.BACKFILL, "backfill"), "running_out": (Origin.LIVE, "live")}

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
                origin_of=lambda *_: Origin.LIVE,
                cause=cause,
            )
        [event] = await published(reporter_db)
        assert event.causationid == cause.id


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
        assert counted[0] == counted[1] <= 19
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

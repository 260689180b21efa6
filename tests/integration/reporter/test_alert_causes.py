"""What each rule reads of facts and totals to find what it raises an alert of."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.items import Section
from reporter import tables
from reporter.alerts.rules import data_lagging, reconciliation_unknown
from servicekit.db import Database
from support.alerting import ITEM, NOW, TODAY
from support.facts import put, put_orders
from support.reporting import an_order
from support.rows import all_rows, execute
from support.stored_alerts import OTHER, a_feedback, count, look, steps, told


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

    async def test_those_with_words_that_wait_are_reminded_of(self, reporter_db: Database, cabinet_id: UUID) -> None:
        day, two_days = NOW - timedelta(hours=24), NOW - timedelta(hours=48)
        await put(
            reporter_db,
            tables.feedbacks,
            cabinet_id,
            a_feedback(id="bad", created_at=day),
            a_feedback(id="bad and new", created_at=day + timedelta(seconds=1)),
            a_feedback(id="good", created_at=two_days, valuation=4, text="", pros="цвет"),
            a_feedback(id="good and new", created_at=two_days + timedelta(seconds=1), valuation=5),
            a_feedback(id="rejected", created_at=two_days, valuation=5, answer_text="А", answer_state="rejected"),
            a_feedback(id="answered", created_at=two_days, answer_text="Спасибо"),
            a_feedback(id="silent", created_at=two_days, text=None),
            a_feedback(id="old", created_at=NOW - timedelta(days=14), valuation=5),
            a_feedback(id="other", created_at=two_days, nm_id=3),
        )
        await count(reporter_db, cabinet_id, {Section.REVIEWS: [0, ITEM]})
        raised = {alert.feedback_id: alert for _, alert in await told(reporter_db) if alert.rule == "review_unanswered"}
        assert {name: alert.severity for name, alert in raised.items()} == {
            "bad": "warning",
            "good": "info",
            "rejected": "info",
        }
        assert raised["good"].figures["text"] == "цвет"

    async def test_questions_wait_for_an_answer(self, reporter_db: Database, cabinet_id: UUID) -> None:
        question = {"id": "new", "nm_id": ITEM, "created_at": NOW, "text": "Есть синий?", "is_warned": True}
        day = NOW - timedelta(hours=24)
        await put(
            reporter_db,
            tables.questions,
            cabinet_id,
            question,
            {**question, "id": "day", "created_at": day, "text": "x" * 600},
            {**question, "id": "nearly", "created_at": day + timedelta(seconds=1)},
            {**question, "id": "too old", "created_at": NOW - timedelta(days=30)},
            {**question, "id": "answered", "answer_text": "Да"},
            {**question, "id": "rejected", "state": "none"},
            {**question, "id": "other", "nm_id": 3},
        )
        await count(reporter_db, cabinet_id, {Section.REVIEWS: [0, ITEM]})
        raised = {alert.figures["question_id"]: alert for _, alert in await told(reporter_db)}
        assert {name: alert.severity for name, alert in raised.items()} == {
            "new": "info",
            "day": "warning",
            "nearly": "info",
        }
        assert raised["day"].figures["text"] == "x" * 500
        assert raised["new"].figures["is_suspicious"] is True


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


class TestAdverts:
    async def test_a_budget_is_set_against_the_speed_of_the_last_days(
        self, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        campaigns = {"a": 1, "b": 2, "paused": 3, "gone": 4, "unknown": 5, "rich": 6}
        await put(
            reporter_db,
            tables.campaigns,
            cabinet_id,
            *(
                {"advert_id": n, "name": name, "status": 11 if name == "paused" else 9, "gone": name == "gone"}
                for name, n in campaigns.items()
            ),
        )
        await put(
            reporter_db,
            tables.campaign_budgets,
            cabinet_id,
            *({"advert_id": n, "total": 3000 if n == 6 else 300} for n in campaigns.values() if n != 5),
        )

        def spent(advert_id: int, days_ago: int, amount: int, nm_id: int = ITEM) -> dict[str, Any]:
            return {"advert_id": advert_id, "day": TODAY - timedelta(days=days_ago), "nm_id": nm_id, "spent": amount}

        await put(
            reporter_db,
            tables.campaign_stats,
            cabinet_id,
            # 400 + 500 on two days, nothing on the third, and what was before them is not asked.
            spent(1, 1, 400),
            spent(1, 3, 300),
            spent(1, 3, 200, OTHER),
            spent(1, 2, 0),
            spent(1, 4, 9_000),
            # Today alone is more than the days before.
            spent(2, 1, 100),
            spent(2, 0, 2_400),
            *(spent(n, 1, 1_000) for n in (3, 4, 5, 6)),
        )
        await count(reporter_db, cabinet_id, {Section.ADVERTS: [ITEM]})
        assert await told(reporter_db) == []
        await count(reporter_db, cabinet_id, {Section.ADVERTS: [0, ITEM]})
        figures = {alert.figures["name"]: (alert.severity, alert.figures) for _, alert in await told(reporter_db)}
        assert figures.keys() == {"a", "b"}
        assert [figures["a"][1][name] for name in ("spent_per_day", "hours_left")] == ["450.00", "16.0"]
        assert [figures["b"][0], figures["b"][1]["hours_left"]] == ["critical", "3.0"]
        await execute(reporter_db, "UPDATE campaign_budgets SET total = 5000")
        await count(reporter_db, cabinet_id, {Section.ADVERTS: [0]})
        assert await steps(reporter_db, "advert_budget_low") == ["raised", "resolved", "raised", "resolved"]


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

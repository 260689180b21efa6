"""Each rule finds the causes that are there, with what they put at risk, and no others."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from contracts.items import Section
from reporter.alerts.rule import Cause, Rule
from reporter.alerts.rules import (
    RULES,
    advert_budget_low,
    bad_review,
    claim_waiting,
    data_lagging,
    finance_penalty,
    finance_report,
    out_of_stock,
    price_changed,
    rating_drop,
    reconciliation_unknown,
    replenishment_due,
    restocked,
    running_out,
    spp_changed,
    token_expiring,
    unusual_cancels,
    unusual_returns,
)
from support.alert_rows import a_campaign, a_claim, a_discount, a_report, a_review, a_sum, a_week
from support.alerting import ITEM, NOW, TODAY, bodies, open_of, priced, reviews, seen, size, stock, units


def found(rule: Rule, *args: Any, **shown: Any) -> list[Cause]:
    return list(rule.causes(seen(*args, **shown)))


def test_each_rule_has_a_name_of_its_own_and_is_asked_by_something() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES) == 19
    by_event = {rule.name for rule in RULES if not rule.after}
    assert by_event == {
        "claim_waiting",
        "data_lagging",
        "finance_report",
        "token_expiring",
        "reconciliation_unknown",
    }


class TestRunningOut:
    def test_one_alert_of_an_item_names_the_sizes_that_end_the_first_of_them_first(self) -> None:
        of_item = stock(size(10, 6, per_day="2.1"), size(11, 5, per_day="1"), size(12, 90, per_day="1"))
        [cause] = found(running_out.RULE, bodies(stock=of_item, money=priced("1494")))
        assert [each["chrt_id"] for each in cause.figures["sizes"]] == [10, 11]
        assert (cause.severity, cause.raises, cause.nm_id) == ("critical", True, ITEM)
        # (14 − 2.86) × 2.1 × 1494 + (14 − 5) × 1 × 1494
        assert (cause.money_at_risk, cause.currency) == (Decimal("34950.64") + Decimal("13446.00"), "RUB")

    @pytest.mark.parametrize(
        ("left", "severity", "raises"),
        [
            (3, "critical", True),
            (4, "warning", True),
            (7, "warning", True),
            (8, "warning", False),
            (9, "warning", False),
        ],
    )
    def test_the_days_left_decide(self, left: int, severity: str, raises: bool) -> None:
        [cause] = found(running_out.RULE, bodies(stock=stock(size(10, left))))
        assert (cause.severity, cause.raises, cause.money_at_risk) == (severity, raises, None)

    def test_another_size_that_ends_is_told(self) -> None:
        causes = [
            found(running_out.RULE, bodies(stock=stock(size(10, 5), size(11, left))))[0].material for left in (20, 5, 4)
        ]
        assert causes[0] != causes[1] == causes[2]

    @pytest.mark.parametrize("left", [None, 0, 10])
    def test_what_is_unknown_empty_or_enough_does_not_run_out(self, left: int | None) -> None:
        assert found(running_out.RULE, bodies(stock=stock(size(10, left)))) == []

    def test_of_an_item_without_sizes_the_whole_counts_and_the_cabinet_is_no_item(self) -> None:
        of_item = bodies(stock=stock(total=units(2)))
        [cause] = found(running_out.RULE, {**of_item, (0, Section.STOCK, ""): stock(total=units(1))})
        assert (cause.nm_id, cause.figures["sizes"][0]["chrt_id"]) == (ITEM, None)

    def test_of_two_currencies_no_money_is_told(self) -> None:
        of_item = bodies(stock=stock(size(10, 2)), money=priced("100"))
        [cause] = found(running_out.RULE, {**of_item, (ITEM, Section.MONEY, "KGS"): priced("700")})
        assert (cause.money_at_risk, cause.currency) == (None, None)


class TestReplenishmentDue:
    @pytest.mark.parametrize(
        ("left", "severity", "raises"),
        [(0, "warning", True), (13, "warning", True), (14, "info", True), (17, "info", True), (18, "info", False),
         (20, "info", False)],
    )  # fmt: skip
    def test_the_lead_time_decides(self, left: int, severity: str, raises: bool) -> None:
        [cause] = found(replenishment_due.RULE, bodies(stock=stock(size(10, left, replenish=9))))
        assert (cause.subject, cause.severity, cause.raises) == ("1", severity, raises)
        assert (cause.figures["lead_days"], cause.figures["target_days"], cause.money_at_risk) == (14, 30, None)

    def test_all_that_is_needed_is_said_and_no_other_size(self) -> None:
        needed = stock(size(10, 90, replenish=0), size(11, 25, replenish=5), size(12, 8, per_day="2", replenish=52))
        [cause] = found(replenishment_due.RULE, bodies(stock=needed))
        assert [(each["chrt_id"], each["replenish"]) for each in cause.figures["sizes"]] == [(11, 5), (12, 52)]
        assert (cause.figures["replenish"], cause.figures["days_left"]) == (57, Decimal(4))

    @pytest.mark.parametrize(
        "of_item",
        [size(10, 2, replenish=0), size(10, 2), size(10, 21, replenish=9), size(10, None, replenish=9)],
    )
    def test_what_is_on_its_way_unknown_or_enough_is_not_due(self, of_item: Any) -> None:
        assert found(replenishment_due.RULE, bodies(stock=stock(of_item))) == []

    def test_of_an_item_without_sizes_the_whole_counts_and_the_cabinet_is_no_item(self) -> None:
        whole = stock(total=units(2, replenish=3))
        [cause] = found(replenishment_due.RULE, {**bodies(stock=whole), (0, Section.STOCK, ""): whole})
        assert (cause.nm_id, cause.figures["sizes"][0]["chrt_id"]) == (ITEM, None)


class TestOutOfStock:
    def test_a_size_that_is_ordered_and_not_there(self) -> None:
        of_item = stock(size(10, 0, per_day="1.2", out_since=date(2026, 11, 18)), size(11, 4))
        [cause] = found(out_of_stock.RULE, bodies(stock=of_item, money=priced("1494")))
        assert (cause.subject, cause.chrt_id, cause.severity) == ("1:10", 10, "warning")
        assert cause.money_at_risk == Decimal("25099.20")  # 14 × 1.2 × 1494

    def test_it_is_critical_when_nothing_of_the_item_is_left(self) -> None:
        causes = found(out_of_stock.RULE, bodies(stock=stock(size(10, 0), size(11, 0))))
        assert [cause.severity for cause in causes] == ["critical", "critical"]

    def test_what_nobody_orders_is_not_told_but_stays_told(self) -> None:
        [cause] = found(out_of_stock.RULE, bodies(stock=stock(total=units(0, per_day=None))))
        assert (cause.raises, cause.subject) == (False, "1:")

    @pytest.mark.parametrize(("days", "causes"), [(30, 1), (31, 0)])
    def test_after_a_month_it_is_given_up(self, days: int, causes: int) -> None:
        gone = size(10, 0, out_since=TODAY - timedelta(days=days))
        assert len(found(out_of_stock.RULE, bodies(stock=stock(gone)))) == causes

    def test_unknown_stock_is_not_out_of_stock(self) -> None:
        assert found(out_of_stock.RULE, bodies(stock=stock(size(10, None)))) == []


class TestRestocked:
    def out(self) -> Any:
        [cause] = found(out_of_stock.RULE, bodies(stock=stock(size(10, 0, out_since=TODAY), size(11, 5))))
        return open_of(out_of_stock.RULE, cause)

    def test_what_was_told_to_be_out_is_there_again(self) -> None:
        restored = bodies(stock=stock(size(10, 3), size(11, 5)))
        alert = self.out()
        # As engine dumps it: the day is text.
        [cause] = found(restocked.RULE, restored, known=[alert])
        assert (cause.chrt_id, cause.figures) == (10, {"tech_size": "T10", "left": 3, "out_since": "2026-11-20"})
        [later] = found(
            restocked.RULE, restored, known=[replace(alert, resolved_at=NOW)], now=NOW + timedelta(hours=23)
        )
        assert later.subject == cause.subject

    @pytest.mark.parametrize("left", [0, None])
    def test_not_while_nothing_is_there(self, left: int | None) -> None:
        assert found(restocked.RULE, bodies(stock=stock(size(10, left))), known=[self.out()]) == []

    def test_not_after_a_day_nor_of_another_rule_nor_of_an_item_without_stock(self) -> None:
        alert, restored = self.out(), bodies(stock=stock(size(10, 3)))
        old = replace(alert, resolved_at=NOW - timedelta(hours=24))
        assert found(restocked.RULE, restored, known=[old]) == []
        assert found(restocked.RULE, restored, known=[replace(alert, rule="running_out")]) == []
        assert found(restocked.RULE, restored, known=[alert], nm_ids=[2]) == []
        assert found(restocked.RULE, {}, known=[alert]) == []


class TestBadReview:
    @pytest.mark.parametrize(("stars", "severity"), [(1, "warning"), (2, "warning"), (3, "info")])
    def test_the_stars_decide(self, stars: int, severity: str) -> None:
        [cause] = found(bad_review.RULE, bodies(reviews=reviews("4.6", "4.7")), rows=[a_review(valuation=stars)])
        assert (cause.subject, cause.feedback_id, cause.severity) == ("1:f", "f", severity)
        assert (cause.figures["bad_week"], cause.figures["count_week"]) == (6, 31)

    def test_without_figures_of_the_week_they_are_unknown(self) -> None:
        [cause] = found(bad_review.RULE, rows=[a_review()])
        assert cause.figures["bad_week"] is None


class TestRatingDrop:
    @pytest.mark.parametrize(
        ("rating", "severity", "raises"),
        [("4.40", "warning", False), ("4.30", "warning", True), ("4.00", "critical", True)],
    )
    def test_the_drop_decides(self, rating: str, severity: str, raises: bool) -> None:
        [cause] = found(rating_drop.RULE, bodies(reviews=reviews(rating, "4.50")))
        assert (cause.severity, cause.raises) == (severity, raises)
        assert cause.figures["drop"] == Decimal("4.50") - Decimal(rating)

    @pytest.mark.parametrize(
        "of_item", [reviews("4.41", "4.50"), reviews("4", "4.5", count=9), reviews(None, "4"), reviews("4", None)]
    )
    def test_little_few_or_unknown_is_no_drop(self, of_item: Any) -> None:
        assert found(rating_drop.RULE, bodies(reviews=of_item)) == []

    def test_the_cabinet_has_no_rating_of_its_own(self) -> None:
        assert found(rating_drop.RULE, bodies(0, reviews=reviews("4", "5"))) == []


class TestPriceChanged:
    @pytest.mark.parametrize(
        ("price", "severity", "raises"),
        [
            ("103", "info", False),
            ("105", "info", True),
            ("95", "info", True),
            ("80", "warning", True),
            ("120", "warning", True),
            ("50", "critical", True),
            ("1000", "critical", True),
        ],
    )
    def test_the_share_decides(self, price: str, severity: str, raises: bool) -> None:
        row = {"nm_id": ITEM, "currency": "RUB", "price": Decimal(price), "before": Decimal(100)}
        [cause] = found(price_changed.RULE, rows=[row])
        assert (cause.severity, cause.raises, cause.currency) == (severity, raises, "RUB")

    @pytest.mark.parametrize("price", ["97.1", "100", "102.9"])
    def test_a_little_is_no_change(self, price: str) -> None:
        row = {"nm_id": ITEM, "currency": "RUB", "price": Decimal(price), "before": Decimal(100)}
        assert found(price_changed.RULE, rows=[row]) == []


class TestSppChanged:
    @pytest.mark.parametrize(
        ("spp", "severity", "raises"),
        [("27", "info", False), ("29", "info", True), ("34", "warning", True), ("14", "warning", True)],
    )
    def test_the_points_decide(self, spp: str, severity: str, raises: bool) -> None:
        [cause] = found(spp_changed.RULE, rows=[a_discount(spp)])
        assert (cause.severity, cause.raises) == (severity, raises)
        assert cause.figures["points"] == Decimal(spp) - 24

    def test_up_and_down_are_not_the_same(self) -> None:
        up, down = (found(spp_changed.RULE, rows=[a_discount(spp)])[0].material for spp in ("30", "18"))
        assert up != down

    def test_a_little_is_no_change(self) -> None:
        assert found(spp_changed.RULE, rows=[a_discount("26")]) == []

    @pytest.mark.parametrize(("spp", "raises"), [("18", True), ("19", False), ("29", False), ("30", True)])
    def test_what_a_tenth_of_the_orders_before_had_is_no_news(self, spp: str, raises: bool) -> None:
        [cause] = found(spp_changed.RULE, rows=[a_discount(spp, usual_from=Decimal(19), usual_to=Decimal(29))])
        assert cause.raises == raises


class TestUnusual:
    def test_many_more_than_before(self) -> None:
        [cause] = found(unusual_cancels.RULE, rows=[a_week(10, 24, 7, 90)])
        assert (cause.severity, cause.raises, cause.figures["usual"]) == ("warning", True, Decimal("1.87"))
        assert (cause.money_at_risk, cause.currency) == (Decimal("813.00"), "RUB")  # 1000 × (10 − 1.87) / 10

    def test_a_little_more_only_keeps_it_open_and_chance_is_nothing(self) -> None:
        [cause] = found(unusual_cancels.RULE, rows=[a_week(8, 24, 7, 90)])
        assert not cause.raises
        assert found(unusual_cancels.RULE, rows=[a_week(5, 24, 7, 90)]) == []

    def test_of_the_cabinet_it_is_critical_and_a_small_change_none_however_certain(self) -> None:
        [cause] = found(unusual_cancels.RULE, rows=[a_week(1000, 5_000, 2_000, 20_000, nm_id=0)])
        assert cause.severity == "critical"
        assert found(unusual_cancels.RULE, rows=[a_week(6_000, 50_000, 18_000, 200_000, nm_id=0)]) == []

    def test_few_are_no_pattern(self) -> None:
        few = a_week(4, 4, 0, 1_000)
        assert found(unusual_cancels.RULE, rows=[few]) == []
        assert len(found(unusual_returns.RULE, rows=[few])) == 1
        assert found(unusual_returns.RULE, rows=[a_week(2, 4, 0, 1_000)]) == []

    def test_pieces_of_two_currencies_are_counted_together_and_their_money_is_not(self) -> None:
        rows = [a_week(6, 12, 4, 60), a_week(4, 12, 3, 30, currency="KGS"), a_week(0, 1, 0, 9, nm_id=2)]
        [cause] = found(unusual_cancels.RULE, rows=rows)
        assert (cause.figures["events"], cause.figures["tries"], cause.figures["before_tries"]) == (10, 24, 90)
        assert (cause.money_at_risk, cause.currency) == (None, None)

    def test_without_a_time_before_nothing_is_unusual(self) -> None:
        assert found(unusual_cancels.RULE, rows=[a_week(9, 9, 0, 0)]) == []


class TestAdvertBudgetLow:
    @pytest.mark.parametrize(
        ("budget", "severity", "raises"),
        [("0", "critical", True), ("40", "critical", True), ("41", "warning", True), ("240", "warning", True),
         ("241", "warning", False), ("360", "warning", False)],
    )  # fmt: skip
    def test_the_hours_left_decide(self, budget: str, severity: str, raises: bool) -> None:
        [cause] = found(advert_budget_low.RULE, rows=[a_campaign(budget)])
        assert (cause.subject, cause.nm_id, cause.severity, cause.raises) == ("5", 0, severity, raises)
        assert (cause.figures["spent_per_day"], cause.currency) == (Decimal("240.00"), "RUB")

    def test_today_counts_where_it_has_taken_more_already(self) -> None:
        [cause] = found(advert_budget_low.RULE, rows=[a_campaign("200", today=Decimal(400))])
        assert cause.figures["hours_left"] == Decimal("12.0")

    @pytest.mark.parametrize("row", [a_campaign("362"), a_campaign("1", before=Decimal(0), days=0)])
    def test_enough_or_a_speed_that_nobody_knows_is_not_low(self, row: dict[str, Any]) -> None:
        assert found(advert_budget_low.RULE, rows=[row]) == []


@pytest.mark.parametrize(
    ("price", "code", "at_risk"),
    [
        ("1494", "398", (1494, "KZT")),
        ("1494", None, (1494, "RUB")),
        ("0", "643", (None, None)),
        (None, "643", (None, None)),
    ],
)
def test_a_claim_puts_its_price_at_risk(price: str | None, code: str | None, at_risk: tuple[Any, Any]) -> None:
    row = a_claim(price=None if price is None else Decimal(price), currency_code=code)
    [cause] = found(claim_waiting.RULE, rows=[row])
    assert (cause.money_at_risk, cause.currency) == at_risk
    assert cause.figures["listed_until"] == NOW + timedelta(days=14)


class TestFinancePenalty:
    def test_a_penalty_is_told_whatever_was_before(self) -> None:
        row = a_sum(penalty=Decimal(500), greatest_before=Decimal(0), nm_id=ITEM)
        [cause] = found(finance_penalty.RULE, rows=[row])
        assert (cause.subject, cause.severity, cause.report_id) == ("7:1:Штраф:RUB", "warning", 7)
        assert (cause.money_at_risk, cause.currency) == (Decimal(500), "RUB")

    @pytest.mark.parametrize(
        ("deduction", "before", "odd"),
        [
            ("900", None, True),
            ("900", "450", True),
            ("900", "460", False),
            ("900", "0", True),
            ("-5", None, False),
            ("9", "-3", True),
        ],
    )
    def test_a_deduction_is_odd_if_it_is_new_or_much_larger(
        self, deduction: str, before: str | None, odd: bool
    ) -> None:
        row = a_sum(deduction=Decimal(deduction), greatest_before=None if before is None else Decimal(before))
        causes = found(finance_penalty.RULE, rows=[row])
        assert [cause.severity for cause in causes] == (["info"] if odd else [])

    def test_a_penalty_that_was_taken_back_or_is_old_is_none(self) -> None:
        assert found(finance_penalty.RULE, rows=[a_sum(penalty=Decimal(-500))]) == []
        old = a_sum(penalty=Decimal(500), reported_to=TODAY - timedelta(days=15))
        assert found(finance_penalty.RULE, rows=[old]) == []


@pytest.mark.parametrize("is_complete", [True, False])
def test_a_report_is_told_when_its_lines_have_all_come(is_complete: bool) -> None:
    [cause] = found(finance_report.RULE, rows=[a_report(is_complete=is_complete)])
    assert (cause.subject, cause.report_id, cause.severity, cause.raises) == ("7:RUB", 7, "info", is_complete)
    assert (cause.figures["to_be_paid"], cause.money_at_risk) == (Decimal(1635), None)


def test_data_that_do_not_come_are_one_alert_a_resource_and_orders_are_critical() -> None:
    rows = [{"resource": name, "delayed_since": NOW, "delay_reason": "503"} for name in ("orders", "stocks")]
    causes = found(data_lagging.RULE, rows=rows)
    assert [(cause.resource, cause.severity) for cause in causes] == [("orders", "critical"), ("stocks", "warning")]


@pytest.mark.parametrize(
    ("days", "severity"), [(30, "info"), (14, "warning"), (7, "warning"), (3, "critical"), (1, "critical")]
)
def test_a_token_that_ends_is_told_at_each_threshold(days: int, severity: str) -> None:
    [cause] = found(token_expiring.RULE, rows=[{"expiring_at": NOW, "threshold_days": days}])
    assert (cause.severity, cause.material) == (severity, str(days))


@pytest.mark.parametrize(("against", "severity"), [("finance", "warning"), ("funnel", "info")])
def test_what_no_class_explains_is_one_alert_of_the_cabinet(against: str, severity: str) -> None:
    row = {"against": against, "currency": "RUB", "items": 1, "first_day": TODAY, "last_day": TODAY}
    most = [{"nm_id": ITEM, "pieces": -2, "amount": "-200"}]
    [cause] = found(reconciliation_unknown.RULE, rows=[{**row, "pieces": 2, "amount": Decimal("200.00"), "most": most}])
    assert (cause.subject, cause.severity, cause.money_at_risk) == (f"{against}:RUB", severity, Decimal(200))

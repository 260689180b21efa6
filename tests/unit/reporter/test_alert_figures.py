"""What a rule's alerts carry is what the documentation says."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from local.workspace import find_root
from reporter.alerts.rule import Cause
from reporter.alerts.rules import RULES, out_of_stock
from support.alert_rows import a_campaign, a_claim, a_discount, a_report, a_review, a_sum, a_week
from support.alerting import ITEM, NOW, TODAY, bodies, open_of, reviews, seen, size, stock


def causes_of_every_rule() -> dict[str, Cause]:
    """One cause of each rule."""
    ending = bodies(stock=stock(size(10, 2, replenish=28), size(11, 0)), reviews=reviews("4.00", "4.90"))
    [out] = out_of_stock.RULE.causes(seen(ending))
    week = a_week(10, 24, 7, 90)
    shown: dict[str, dict[str, Any]] = {
        "restocked": {"about": bodies(stock=stock(size(11, 3))), "known": [open_of(out_of_stock.RULE, out)]},
        "bad_review": {"rows": [a_review()]},
        "review_unanswered": {"rows": [a_review(hours=24, severity="warning")]},
        "question_waiting": {
            "rows": [{"id": "q", "nm_id": ITEM, "created_at": NOW, "words": None, "is_warned": False}]
        },
        "claim_waiting": {"rows": [a_claim()]},
        "advert_budget_low": {"rows": [a_campaign("10")]},
        "finance_report": {"rows": [a_report()]},
        "price_changed": {
            "rows": [{"nm_id": ITEM, "currency": "RUB", "price": Decimal(90), "before": Decimal(100)}],
        },
        "spp_changed": {"rows": [a_discount("34")]},
        "unusual_cancels": {"rows": [week]},
        "unusual_returns": {"rows": [week]},
        "finance_penalty": {"rows": [a_sum(penalty=Decimal(1))]},
        "data_lagging": {"rows": [{"resource": "orders", "delayed_since": NOW, "delay_reason": None}]},
        "token_expiring": {"rows": [{"expiring_at": NOW, "threshold_days": 3}]},
        "reconciliation_unknown": {
            "rows": [
                {
                    **{"against": "funnel", "currency": "RUB", "items": 1, "first_day": TODAY, "last_day": TODAY},
                    **{"pieces": 1, "amount": Decimal(1), "most": []},
                }
            ]
        },
    }
    return {rule.name: next(iter(rule.causes(seen(**(shown.get(rule.name) or {"about": ending}))))) for rule in RULES}


def test_the_figures_of_each_rule_are_documented() -> None:
    page = (find_root(Path(__file__).parent) / "docs" / "metrics.md").read_text()
    table = page.partition("What stands in `figures`")[2].partition("\n### ")[0]
    documented = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", table, re.MULTILINE))
    for name, cause in causes_of_every_rule().items():
        named = documented.pop(name).partition(": each with")[0].partition("each with `nm_id`")[0]
        assert re.findall(r"`(\w+)`", named) == list(cause.figures), name
    assert documented == {}

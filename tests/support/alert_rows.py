"""What the statements of rules of alerts give: rows of which a test says what it is about."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from support.alerting import ITEM, NOW, TODAY


def a_review(**fields: Any) -> dict[str, Any]:
    return {"id": "f", "nm_id": ITEM, "created_at": NOW, "valuation": 2, "size": "L", "words": "Тонкая ткань", **fields}


def a_week(events: int, tries: int, before_events: int, before_tries: int, **fields: Any) -> dict[str, Any]:
    return {
        "nm_id": ITEM,
        "currency": "RUB",
        "events": events,
        "tries": tries,
        "amount": Decimal(100) * events,
        "before_events": before_events,
        "before_tries": before_tries,
        **fields,
    }


def a_campaign(budget: str, **fields: Any) -> dict[str, Any]:
    row = {"advert_id": 5, "name": "Худи", "currency": "RUB", "budget": Decimal(budget), "today": Decimal(0)}
    return {**row, "before": Decimal(480), "days": 2, **fields}


def a_claim(**fields: Any) -> dict[str, Any]:
    row = {"id": "c", "nm_id": ITEM, "claimed_at": NOW, "srid": "s", "words": "Брак", "actions": ["approve1"]}
    return {**row, "price": Decimal(1494), "currency_code": "643", **fields}


def a_sum(**fields: Any) -> dict[str, Any]:
    row = {"nm_id": 0, "report_id": 7, "kind": "Штраф", "currency": "RUB", "reported_to": TODAY}
    return {**row, "penalty": Decimal(0), "deduction": Decimal(0), "greatest_before": None, **fields}


def a_report(**fields: Any) -> dict[str, Any]:
    sums = {"payout": 2000, "logistics": 300, "storage": 40, "acceptance": 5, "penalties": 20, "price": 3000}
    row = {"report_id": 7, "currency": "RUB", "period_from": TODAY - timedelta(days=9), "period_to": TODAY}
    told = {"expected": Decimal(2100), "difference": Decimal(-100), "unexplained": Decimal(0), "is_complete": True}
    return {**row, **{name: Decimal(amount) for name, amount in sums.items()}, "pieces": Decimal(2), **told, **fields}


def a_discount(spp: str, **fields: Any) -> dict[str, Any]:
    usual = {"before": Decimal(24), "usual_from": Decimal(23), "usual_to": Decimal(25)}
    return {"nm_id": ITEM, "spp": Decimal(spp), **usual, "orders": 3, "orders_before": 9, **fields}

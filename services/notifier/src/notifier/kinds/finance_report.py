"""A finance report of a week came."""

from collections.abc import Iterator

from contracts.alerts import Alert
from servicekit.translation import msgid

from notifier.messages.alert import Told, alert_kind
from notifier.messages.sample_alert import sample_alerts


def lines(told: Told) -> Iterator[str]:
    text = told.text
    since, until = told.day("period_from"), told.day("period_to")
    yield text("{since} – {until} · {pieces} pcs sold", since=since, until=until, pieces=told.number("pieces"))
    yield text("To be paid: {amount}", amount=told.money("to_be_paid"))
    yield text("Sales {sales} · payout {payout}", sales=told.money("sales"), payout=told.money("payout"))
    logistics, storage = told.money("logistics"), told.money("storage")
    yield text("Logistics {logistics} · storage {storage}", logistics=logistics, storage=storage)
    acceptance, penalties = told.money("acceptance"), told.money("penalties")
    yield text("Acceptance {acceptance} · penalties {penalties}", acceptance=acceptance, penalties=penalties)
    expected, difference = told.money("expected"), told.money("difference")
    yield text("Expected {expected} · difference {difference}", expected=expected, difference=difference)


def preview() -> tuple[Alert, ...]:
    return sample_alerts(
        "finance_report",
        {
            "period_from": "2026-11-09",
            "period_to": "2026-11-15",
            "to_be_paid": "318400",
            "pieces": 412,
            "sales": "520300",
            "payout": "371900",
            "logistics": "41200",
            "storage": "8100",
            "acceptance": None,
            "penalties": "0",
            "expected": "369400",
            "difference": "2500",
        },
        is_of_item=False,
    )[:1]


KIND = alert_kind("finance_report", "🧮", msgid("New finance report"), lines, preview, ends=False)

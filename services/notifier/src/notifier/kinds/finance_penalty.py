"""A finance report has a penalty, or an unusual deduction."""

from collections.abc import Iterator

from contracts.alerts import Alert
from servicekit.text import UNKNOWN
from servicekit.translation import msgid

from notifier.messages.alert import Told, alert_kind
from notifier.messages.sample_alert import sample_alerts


def lines(told: Told) -> Iterator[str]:
    text = told.text
    yield told.word("kind", 120) or UNKNOWN
    if told.decimal("penalty"):
        yield text("Penalty: {amount}", amount=told.money("penalty"))
    if told.decimal("deduction"):
        yield text("Deduction: {amount}", amount=told.money("deduction"))
    yield text("In the report up to {day}", day=told.day("reported_to"))


def preview() -> tuple[Alert, ...]:
    return sample_alerts(
        "finance_penalty",
        {"kind": "Штраф за самовыкуп", "penalty": "5000", "deduction": "0", "reported_to": "2026-11-15"},
        at_risk=5000,
    )[:1]


KIND = alert_kind("finance_penalty", "💸", msgid("Penalty or deduction"), lines, preview, ends=False)

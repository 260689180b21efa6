"""A running campaign has money for less than a day."""

from collections.abc import Iterator

from contracts.alerts import Alert
from servicekit.text import UNKNOWN
from servicekit.translation import msgid

from notifier.messages.alert import Told, alert_kind
from notifier.messages.sample_alert import sample_alerts


def lines(told: Told) -> Iterator[str]:
    text = told.text
    yield told.word("name", 100) or UNKNOWN
    yield text("Left {budget}, spent {spent} a day", budget=told.money("budget"), spent=told.money("spent_per_day"))
    yield text("Lasts ≈ {n} h", n=told.number("hours_left"))


def preview() -> tuple[Alert, ...]:
    return sample_alerts(
        "advert_budget_low",
        {"advert_id": 1, "name": "Худи поиск", "budget": "410", "spent_per_day": "900", "hours_left": "10.9"},
        is_of_item=False,
    )


KIND = alert_kind("advert_budget_low", "📣", msgid("Advert budget ends soon"), lines, preview)

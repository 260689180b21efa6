"""There is some again of a size that had run out."""

from collections.abc import Iterator

from contracts.alerts import Alert
from servicekit.translation import msgid

from notifier.messages.alert import Told, alert_kind
from notifier.messages.sample_alert import sample_alerts


def lines(told: Told) -> Iterator[str]:
    line = told.text("{left} again, none since {day}", left=told.number("left"), day=told.day("out_since"))
    yield told.of_size(line)


def preview() -> tuple[Alert, ...]:
    return sample_alerts("restocked", {"tech_size": "S", "left": 12, "out_since": "2026-11-18"})[:1]


KIND = alert_kind("restocked", "🎉", msgid("In stock again"), lines, preview, ends=False)

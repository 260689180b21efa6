"""What an operator sees of the bot: docs/operator-metrics.md."""

from prometheus_client import Counter
from servicekit.counters import begin_at_zero

UPDATES = Counter(
    "pulse_bot_updates",
    "Updates of Telegram by what came of them: handled, ignored (not for the bot), repeated, refused (a forged button, "
    "or too many of one person), failed.",
    ("outcome",),
    registry=None,
)
GATEWAY_ANSWERS = Counter(
    "pulse_bot_gateway_answers",
    "Answers of the gateway to the bot: ok, problem (told in its words), away.",
    ("outcome",),
    registry=None,
)

begin_at_zero(UPDATES, "handled", "ignored", "repeated", "refused", "failed")
begin_at_zero(GATEWAY_ANSWERS, "ok", "problem", "away")

COUNTERS = (UPDATES, GATEWAY_ANSWERS)

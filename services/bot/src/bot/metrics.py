"""What an operator sees of the bot: docs/operator-metrics.md."""

from prometheus_client import Counter

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

# To Prometheus a counter that begins with its first one has not grown.
for _outcome in ("handled", "ignored", "repeated", "refused", "failed"):
    UPDATES.labels(_outcome)
for _outcome in ("ok", "problem", "away"):
    GATEWAY_ANSWERS.labels(_outcome)

COUNTERS = (UPDATES, GATEWAY_ANSWERS)

"""What an operator sees of the notifier, beside what every service shows: docs/operator-metrics.md."""

from typing import get_args

from contracts.notifications import Channel
from prometheus_client import Counter, Gauge, Histogram
from servicekit.metrics import COUNTED_TO, Reading

ATTEMPTS = Counter(
    "pulse_delivery_attempts",
    "Attempts to deliver a message by what came of them: delivered, refused, undeliverable, broken, unavailable, "
    "unanswered, rate_limited, not_sent.",
    ("channel", "outcome"),
    registry=None,
)
FINISHED = Counter(
    "pulse_deliveries_finished",
    "Deliveries that ended: delivered, or failed for good.",
    ("channel", "result"),
    registry=None,
)

LIMITS_ALONE = Gauge(
    "pulse_telegram_limits_alone",
    "1 while Redis is away and this process keeps to its part of Telegram's limits, else 0.",
    registry=None,
)

TOLD_SECONDS = Histogram(
    "pulse_told_seconds",
    "From the event that a message tells of, which follows Wildberries' answer, until the channel took the message; of "
    "messages that their receiver wanted at once, each alone.",
    ("channel",),
    buckets=(0.5, 1, 2, 5, 10, 30, 120, 600),
    registry=None,
)
LATE_SECONDS = Histogram(
    "pulse_delivery_late_seconds",
    "How long after a delivery was due its attempt ended, whatever came of it.",
    ("channel",),
    buckets=(0.5, 2, 10, 60, 600),
    registry=None,
)

COUNTERS = (ATTEMPTS, FINISHED, LIMITS_ALONE, TOLD_SECONDS, LATE_SECONDS)

_DELIVERIES = f"""
    SELECT channel,
        (SELECT count(*) FROM (
            SELECT FROM deliveries d WHERE d.channel = channels.channel AND status IN ('pending', 'sending')
            LIMIT {COUNTED_TO}) AS open) AS pulse_deliveries_open,
        CAST(coalesce(extract(epoch FROM now() - (
            SELECT created_at FROM deliveries d
            WHERE d.channel = channels.channel AND status IN ('pending', 'sending')
            ORDER BY created_at LIMIT 1)), 0) AS float) AS pulse_deliveries_oldest_open_seconds,
        CAST(coalesce(extract(epoch FROM now() - (
            SELECT due_at FROM receivers r WHERE r.channel = channels.channel AND due_at <= now()
            ORDER BY due_at LIMIT 1)), 0) AS float) AS pulse_deliveries_overdue_seconds
    FROM unnest($1::text[]) AS channels (channel)
"""


READINGS = (
    Reading(
        name="deliveries",
        gauges={
            "pulse_deliveries_open": f"Deliveries that have not ended, counted up to {COUNTED_TO:,}.",
            "pulse_deliveries_oldest_open_seconds": "Age of the oldest delivery that has not ended; 0 without one.",
            "pulse_deliveries_overdue_seconds": "How long the delivery that is due first has been due; 0 if none is.",
        },
        labels=("channel",),
        sql=_DELIVERIES,
        arguments=(list(get_args(Channel)),),
    ),
)

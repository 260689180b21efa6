"""What keeps messages from their receivers, and the bot from its answers, broken on purpose."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from uuid import uuid4

from demo.installation import TELEGRAM_ID, Installation, wait_until

from alarms.beside import repeated
from alarms.data import SOON_SECONDS
from alarms.database import locked, rows
from alarms.faults import faulty
from alarms.trial import Trial

SLOW_SECONDS = 12.0
"""More than a message may take, and less than Telegram is waited for."""
STRANGER = TELEGRAM_ID + 1
"""Writes to the bot, and is told nothing by the notifier."""

_OPEN = "SELECT FROM notifier.deliveries WHERE channel = 'webhook' AND status = 'pending' AND failures > 0"
_AGE_DELIVERIES = """
    UPDATE notifier.deliveries SET created_at = created_at - interval '3 days'
    WHERE channel = 'webhook' AND status = 'pending'
"""


@contextmanager
def slow_telegram(pulse: Installation) -> Iterator[None]:
    """Telegram takes each message, and long."""
    fault = {"kind": "slow", "seconds": SLOW_SECONDS, "chat_id": TELEGRAM_ID, "times": 1_000_000}
    with faulty(pulse.telegram.control, fault):
        yield


@contextmanager
def failing_receiver(pulse: Installation) -> Iterator[None]:
    """A program of a user's has failed for days, until it takes what it is sent."""
    name = f"shop-{uuid4().hex}"
    answer = f"/_sim/webhooks/{name}"
    pulse.telegram.control.put(answer, json={"status": 500}).raise_for_status()
    body = {"url": f"{pulse.telegram.url}{answer}"}
    made = pulse.api.post("/api/v1/webhooks", json=body).raise_for_status().json()
    try:
        wait_until("it fails", lambda: bool(rows(pulse.admin_database_url, _OPEN)), SOON_SECONDS)
        rows(pulse.admin_database_url, _AGE_DELIVERIES, schema="notifier")
        yield
    finally:
        pulse.telegram.control.put(answer, json={"status": 204}).raise_for_status()
        wait_until("it has all", lambda: not rows(pulse.admin_database_url, _OPEN), 600, pause_seconds=1)
        pulse.api.delete(f"/api/v1/webhooks/{made['webhook_id']}").raise_for_status()


@contextmanager
def unanswered(pulse: Installation) -> Iterator[None]:
    """Telegram refuses what the bot answers somebody, for a reason that nobody knows."""
    fault = {"kind": "status", "status": 400, "description": "Bad Request: MOOD_INVALID", "chat_id": STRANGER}
    said = {"from": STRANGER, "text": "/menu"}
    with (
        faulty(pulse.telegram.control, fault | {"times": 1_000_000}),
        repeated(lambda: pulse.telegram.control.post(f"/_sim/chats/{STRANGER}/send", json=said), 1.0),
    ):
        yield


MESSAGES = (
    Trial(
        "a lock on messages",
        frozenset({"MessagesStop", "TransactionIsForgotten"}),
        partial(locked, "notifier.delivery_attempts"),
    ),
    Trial("Telegram is slow", frozenset({"MessagesAreLate"}), slow_telegram),
    Trial("a receiver that fails", frozenset({"ReceiversTakeNothing"}), failing_receiver),
    Trial("the bot cannot answer", frozenset({"BotFails"}), unanswered),
)

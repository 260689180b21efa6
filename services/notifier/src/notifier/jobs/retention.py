"""How long the notifier's rows stay."""

from collections.abc import Mapping

import servicekit.retention
from servicekit.db import Database
from servicekit.retention import OlderThan, OnePer, Otherwise, Rule
from sqlalchemy import text

from notifier.waiting import MISSED_KEEP_DAYS as KEEP_DAYS

BATCH = 5_000
MESSAGES_KEEP_DAYS = 7

RULES: Mapping[str, Rule] = {
    "cabinets": OnePer("cabinet ever connected"),
    "members": OnePer("member of a cabinet"),
    # An older state of it can come as late as its event can be published.
    "webhooks": OlderThan("removed_at", KEEP_DAYS),
    "targets": OlderThan("removed_at", KEEP_DAYS),
    "channels": OnePer("channel"),
    "webhook_replays": OlderThan("requested_at", KEEP_DAYS),
    "notification_settings": OnePer("user who ever said what he wants to be told"),
    "deliveries": OlderThan("finished_at", KEEP_DAYS),
    "delivery_attempts": Otherwise("with its delivery"),
    # Long after it was edited last.
    "messages": OlderThan("sent_at", MESSAGES_KEEP_DAYS),
    # One that is still wanted is uploaded again then.
    "photos": OlderThan("uploaded_at", KEEP_DAYS),
    "troubles": OnePer("thing that can be wrong with a cabinet"),
    "receivers": Otherwise("one row per chat, webhook and target; that of no cabinet goes once nothing waits for it"),
    "pauses": OnePer("channel"),
}
"""The rule of every table. Deliveries end: what nobody takes is given up (`give_up`)."""

_LOCK_STRANGERS = text("""
SELECT channel, recipient FROM receivers r
WHERE due_at = 'infinity'
  AND NOT EXISTS (SELECT FROM members WHERE r.channel = 'telegram' AND CAST(telegram_id AS text) = r.recipient)
  AND NOT EXISTS (
    SELECT FROM targets t WHERE (t.channel, t.recipient) = (r.channel, r.recipient) AND t.removed_at IS NULL)
  AND NOT EXISTS (
    SELECT FROM webhooks WHERE r.channel = 'webhook' AND CAST(id AS text) = r.recipient AND removed_at IS NULL)
ORDER BY channel, recipient LIMIT :batch FOR UPDATE SKIP LOCKED
""")
# A statement of its own: it sees whatever was added before the rows were locked, and nothing is added after.
_FORGET_STRANGERS = text("""
DELETE FROM receivers r USING unnest(CAST(:channel AS text[]), CAST(:recipient AS text[])) AS s (channel, recipient)
WHERE (r.channel, r.recipient) = (s.channel, s.recipient) AND NOT EXISTS (
    SELECT FROM deliveries d
    WHERE (d.channel, d.recipient) = (r.channel, r.recipient) AND d.status IN ('pending', 'sending')
)
""")


async def forget_old(database: Database) -> None:
    """Delete what is old by the rules, and receivers that belong to no cabinet any more, in short transactions."""
    await servicekit.retention.forget_old(database, RULES)
    forgotten = BATCH
    while forgotten == BATCH:
        async with database.transaction() as connection:
            strangers = (await connection.execute(_LOCK_STRANGERS, {"batch": BATCH})).all()
            names = {"channel": [s.channel for s in strangers], "recipient": [s.recipient for s in strangers]}
            forgotten = (await connection.execute(_FORGET_STRANGERS, names)).rowcount

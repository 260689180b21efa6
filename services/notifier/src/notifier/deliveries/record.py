"""Recording what came of attempts: any number of results in one transaction and a fixed number of statements."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.envelope import Event
from servicekit import outbox
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import targets
from notifier.deliveries import events, receivers
from notifier.deliveries.judge import NOTHING_TO_EDIT, SUPERSEDED
from notifier.deliveries.model import Delivery, Outcome, Result
from notifier.deliveries.receivers import storable
from notifier.deliveries.schedule import is_failing, retry_delay_seconds

_ATTEMPTS = text("""
UPDATE delivery_attempts a
SET finished_at = ended.finished_at, outcome = ended.outcome, error = ended.error, duration_ms = ended.duration_ms
FROM unnest(CAST(:cabinet_id AS uuid[]), CAST(:id AS uuid[]), CAST(:attempt AS integer[]),
            CAST(:finished_at AS timestamptz[]), CAST(:outcome AS text[]), CAST(:error AS text[]),
            CAST(:duration_ms AS integer[]))
     AS ended (cabinet_id, id, attempt, finished_at, outcome, error, duration_ms)
WHERE (a.cabinet_id, a.delivery_id, a.attempt) = (ended.cabinet_id, ended.id, ended.attempt)
""")
# Only the holder of the lease decides: who was taken for dead has been replaced by a later attempt.
_DELIVERIES = text("""
UPDATE deliveries d
SET status = ended.status, failures = ended.failures, message_id = ended.message_id, last_error = ended.error,
    lease_token = NULL, told_as = ended.told_as, told_in = ended.told_in, reason = coalesce(ended.reason, d.reason),
    next_attempt_at = clock_timestamp() + make_interval(secs => coalesce(ended.delay_seconds, 0)),
    finished_at = CASE WHEN ended.status <> 'pending' THEN ended.finished_at END
FROM unnest(CAST(:cabinet_id AS uuid[]), CAST(:id AS uuid[]), CAST(:attempt AS integer[]),
            CAST(:finished_at AS timestamptz[]), CAST(:status AS text[]), CAST(:failures AS integer[]),
            CAST(:message_id AS text[]), CAST(:error AS text[]), CAST(:delay_seconds AS double precision[]),
            CAST(:told_as AS text[]), CAST(:told_in AS uuid[]), CAST(:reason AS text[]))
     AS ended (cabinet_id, id, attempt, finished_at, status, failures, message_id, error, delay_seconds, told_as,
               told_in, reason)
WHERE (d.cabinet_id, d.id) = (ended.cabinet_id, ended.id) AND d.lease_token = :token AND d.attempts = ended.attempt
RETURNING d.cabinet_id, d.id
""")
# Of a thread the message that was sent or edited last is the one to edit next; what a message of many told has none. An
# older state of it that still waits, because it was refused for a while, is not told any more.
_TOLD_THREADS = text("""
WITH told AS (
    SELECT * FROM unnest(CAST(:cabinet_id AS uuid[]), CAST(:thread AS text[]), CAST(:recipient AS text[]),
                         CAST(:message_id AS text[]), CAST(:has_photo AS boolean[]), CAST(:sent_at AS timestamptz[]),
                         CAST(:newest_at AS timestamptz[]), CAST(:is_own AS boolean[]), CAST(:kind AS text[]))
        AS told (cabinet_id, thread, recipient, message_id, has_photo, sent_at, newest_at, is_own, kind)
), older AS (
    UPDATE deliveries d SET status = 'dropped', reason = :superseded, finished_at = clock_timestamp()
    FROM told
    WHERE (d.cabinet_id, d.channel, d.recipient, d.thread)
            = (told.cabinet_id, :channel, told.recipient, told.thread)
      AND d.status = 'pending' AND d.created_at < told.newest_at
)
INSERT INTO messages AS m (cabinet_id, thread, channel, recipient, message_id, has_photo, sent_at, newest_at, kind)
SELECT DISTINCT ON (told.cabinet_id, told.thread, told.recipient) told.cabinet_id, told.thread, :channel,
       told.recipient, told.message_id, told.has_photo, told.sent_at, told.newest_at, told.kind
FROM told
JOIN cabinets c ON c.cabinet_id = told.cabinet_id AND c.disconnected_at IS NULL
WHERE told.is_own
ORDER BY told.cabinet_id, told.thread, told.recipient, told.newest_at DESC
ON CONFLICT (cabinet_id, thread, channel, recipient) DO UPDATE SET
    message_id = excluded.message_id, has_photo = excluded.has_photo,
    sent_at = CASE WHEN m.message_id = excluded.message_id THEN m.sent_at ELSE excluded.sent_at END,
    newest_at = greatest(m.newest_at, excluded.newest_at), kind = coalesce(excluded.kind, m.kind)
""")
_FORGET_MESSAGES = text("""
DELETE FROM messages m
USING unnest(CAST(:cabinet_id AS uuid[]), CAST(:thread AS text[]), CAST(:recipient AS text[]),
             CAST(:message_id AS text[])) AS gone (cabinet_id, thread, recipient, message_id)
WHERE (m.cabinet_id, m.thread, m.channel, m.recipient, m.message_id)
    = (gone.cabinet_id, gone.thread, :channel, gone.recipient, gone.message_id)
""")
_LEARN_PHOTOS = text("""
INSERT INTO photos (cabinet_id, url, file_id)
SELECT DISTINCT ON (p.cabinet_id, p.url) p.cabinet_id, p.url, p.file_id
FROM unnest(CAST(:cabinet_id AS uuid[]), CAST(:url AS text[]), CAST(:file_id AS text[])) AS p (cabinet_id, url, file_id)
JOIN cabinets c ON c.cabinet_id = p.cabinet_id AND c.disconnected_at IS NULL
ORDER BY p.cabinet_id, p.url
ON CONFLICT (cabinet_id, url) DO UPDATE SET file_id = excluded.file_id, uploaded_at = now()
""")
_DROP_PHOTOS = text("""
DELETE FROM photos WHERE (cabinet_id, url) IN (SELECT * FROM unnest(CAST(:cabinet_id AS uuid[]), CAST(:url AS text[])))
""")
_PAUSE_WEBHOOKS = text("""
UPDATE webhooks SET paused_at = clock_timestamp(), paused_because = 'gone'
WHERE paused_at IS NULL AND id = ANY (CAST(:ids AS uuid[]))
""")
# A group that became a supergroup has another id; what is already on its way to the old one is followed each time.
_MOVE_MEMBERS = text("""
WITH moved AS (
    DELETE FROM members m USING unnest(CAST(:was AS bigint[]), CAST(:becomes AS bigint[])) AS move (was, becomes)
    WHERE m.telegram_id = move.was RETURNING m.cabinet_id, move.becomes
)
INSERT INTO members (cabinet_id, telegram_id) SELECT DISTINCT cabinet_id, becomes FROM moved ON CONFLICT DO NOTHING
""")
_PAUSE_CHANNEL = text("""
INSERT INTO pauses (channel, until) VALUES (:channel, clock_timestamp() + make_interval(secs => :seconds))
ON CONFLICT (channel) DO UPDATE SET until = greatest(pauses.until, excluded.until)
""")


@dataclass(frozen=True)
class Ended:
    """An attempt that ended: when, after how long, within which span."""

    delivery: Delivery
    result: Result
    finished_at: datetime
    duration_ms: int
    traceparent: str | None
    told_in: UUID | None = None
    """The delivery whose message told it as well."""


@dataclass(frozen=True)
class _Next:
    status: str
    failures: int
    delay_seconds: float | None


async def record(connection: AsyncConnection, ended: Sequence[Ended], *, token: UUID) -> list[str]:
    """Store outcomes of one channel, what follows for each delivery and receiver, and the events that tell of it.

    What its message told as well ends as the delivery does. How those ended that ended for good: `delivered`,
    `dropped` or `failed`.
    """
    # Receivers before deliveries, as whoever claims or removes them: in one order nobody waits for another in a ring.
    await receivers.note(connection, [(each.delivery, each.result) for each in ended])
    ended = [one for each in ended for one in _with_those_beside(each)]
    nexts = [_next(each.delivery, each.result) for each in ended]
    keys: dict[str, list[Any]] = {
        "cabinet_id": [each.delivery.cabinet_id for each in ended],
        "id": [each.delivery.id for each in ended],
        "attempt": [each.delivery.attempt for each in ended],
        "finished_at": [each.finished_at for each in ended],
        "error": [storable(each.result.reason) for each in ended],
    }
    durations = {
        "outcome": [each.result.outcome.value for each in ended],
        "duration_ms": [each.duration_ms for each in ended],
    }
    follows = {
        "status": [each.status for each in nexts],
        "failures": [each.failures for each in nexts],
        "delay_seconds": [each.delay_seconds for each in nexts],
        "message_id": [storable(each.result.sent.message_id) if each.result.sent else None for each in ended],
        "told_as": [_told_as(each) if each.result.outcome is Outcome.DELIVERED else None for each in ended],
        "told_in": [each.told_in for each in ended],
        "reason": [
            NOTHING_TO_EDIT if each.result.outcome is Outcome.NOTHING_TO_EDIT else each.delivery.reason
            for each in ended
        ],
    }
    await connection.execute(_ATTEMPTS, keys | durations)
    ours = {tuple(row) for row in await connection.execute(_DELIVERIES, {**keys, **follows, "token": token})}
    await _remember(connection, [each for each in ended if each.delivery.key in ours])
    finished = [
        (each, follows.status)
        for each, follows in zip(ended, nexts, strict=True)
        if each.delivery.key in ours and follows.status in ("delivered", "dropped", "failed")
    ]
    events_of = [_event(each, status) for each, status in finished if status != "dropped"]
    await outbox.append(connection, events_of)
    return [status for _, status in finished]


def _with_those_beside(ended: Ended) -> Iterator[Ended]:
    yield ended
    # What was learned on the way is the carrier's own.
    result = Result(
        ended.result.outcome,
        ended.result.reason,
        sent=ended.result.sent,
        retry_after_seconds=ended.result.retry_after_seconds,
    )
    for other in ended.delivery.beside:
        yield replace(ended, delivery=other, result=result, told_in=ended.delivery.id)


def _told_as(ended: Ended) -> str:
    """The kind that the message says at its head: what only completes one leaves it what it was."""
    delivery = ended.delivery
    was = delivery.living.kind if delivery.only_edits and delivery.living is not None else None
    return was or delivery.kind


def _next(delivery: Delivery, result: Result) -> _Next:
    failures = delivery.failures
    match result.outcome:
        case Outcome.DELIVERED:
            return _Next("delivered", failures, None)
        case Outcome.UNDELIVERABLE:
            return _Next("failed", failures + 1, None)
        case Outcome.NOTHING_TO_EDIT:
            return _Next("dropped", failures, None)
        case Outcome.HELD:
            return _Next("held", failures, None)
        case Outcome.REFUSED if receivers.is_believed(delivery, result):
            return _Next("failed", failures + 1, None)
        case Outcome.RATE_LIMITED | Outcome.NOT_SENT:
            return _Next("pending", failures, result.retry_after_seconds)
        case Outcome.UNAVAILABLE | Outcome.UNANSWERED if _is_free_probe(delivery, result.outcome):
            # The receiver's failure and not this delivery's. It goes behind the others that are due.
            return _Next("pending", failures, 0.0)
        case _:
            delay_seconds = retry_delay_seconds(
                delivery.channel,
                failures + 1,
                result.retry_after_seconds,
                may_have_come=result.outcome is Outcome.UNANSWERED,
                was_away=result.outcome is Outcome.UNAVAILABLE,
            )
            return _Next("failed" if delay_seconds is None else "pending", failures + 1, delay_seconds)


def _is_free_probe(delivery: Delivery, outcome: Outcome) -> bool:
    # An unanswered message may be in its chat already, and may not come there every hour for days; an endpoint drops
    # repeats by their id.
    is_repeatable = outcome is Outcome.UNAVAILABLE or delivery.channel == "webhook"
    return is_repeatable and is_failing(delivery.receiver.failures)


def _is_certain(ended: Ended) -> bool:
    is_certain = ended.result.outcome is Outcome.UNDELIVERABLE
    return is_certain or receivers.is_believed(ended.delivery, ended.result)


async def _remember(connection: AsyncConnection, ended: Sequence[Ended]) -> None:
    if moved := {e.delivery.recipient: e.result.moved_to for e in ended if e.result.moved_to}:
        # Of a topic too it is the group that moved.
        chats = {was.partition("/")[0]: becomes.partition("/")[0] for was, becomes in sorted(moved.items())}
        move = {"was": list(map(int, chats)), "becomes": list(map(int, chats.values()))}
        await connection.execute(_MOVE_MEMBERS, move)
        await targets.move(connection, move)
    await _remember_messages(connection, ended)
    photos = [(e.delivery.cabinet_id, e.result.photo) for e in ended if e.result.photo]
    if learned := [(cabinet_id, photo.url, photo.file_id) for cabinet_id, photo in photos if photo.file_id]:
        cabinet_ids, urls, file_ids = zip(*learned, strict=True)
        learn = {"cabinet_id": list(cabinet_ids), "url": list(urls), "file_id": list(file_ids)}
        await connection.execute(_LEARN_PHOTOS, learn)
    if dropped := [(cabinet_id, photo.url) for cabinet_id, photo in photos if photo.file_id is None]:
        cabinet_ids, urls = zip(*dropped, strict=True)
        await connection.execute(_DROP_PHOTOS, {"cabinet_id": list(cabinet_ids), "url": list(urls)})
    gone = [e for e in ended if e.result.is_gone and _is_certain(e)]
    if webhooks := {e.delivery.recipient for e in gone if e.delivery.channel == "webhook"}:
        await connection.execute(_PAUSE_WEBHOOKS, {"ids": [UUID(recipient) for recipient in sorted(webhooks)]})
    of_targets = [(e.delivery.target, storable(e.result.reason)) for e in gone if e.delivery.target]
    if of_targets:
        await targets.end(connection, {(target.id, target.revision): reason for target, reason in of_targets})
    if seconds := max((e.result.channel_pause_seconds for e in ended), default=0.0):
        await connection.execute(_PAUSE_CHANNEL, {"channel": ended[0].delivery.channel, "seconds": seconds})


async def _remember_messages(connection: AsyncConnection, ended: Sequence[Ended]) -> None:
    threaded = [e for e in ended if e.delivery.thread is not None]
    gone = [(e.delivery, e.delivery.living) for e in threaded if e.result.is_message_gone and e.delivery.living]
    if gone:
        forget = {
            **_of_threads([delivery for delivery, _ in gone]),
            "message_id": [living.message_id for _, living in gone],
        }
        await connection.execute(_FORGET_MESSAGES, forget)
    told = [(e, e.result.sent) for e in threaded if e.result.outcome is Outcome.DELIVERED and e.result.sent]
    if told:
        values = {
            **_of_threads([e.delivery for e, _ in told]),
            "message_id": [sent.message_id for _, sent in told],
            "has_photo": [sent.has_photo for _, sent in told],
            "sent_at": [e.finished_at for e, _ in told],
            "newest_at": [e.delivery.created_at for e, _ in told],
            "is_own": [e.told_in is None and not e.delivery.is_group for e, _ in told],
            "kind": [None if e.delivery.only_edits else e.delivery.kind for e, _ in told],
            "superseded": SUPERSEDED,
        }
        await connection.execute(_TOLD_THREADS, values)


def _of_threads(deliveries: Sequence[Delivery]) -> dict[str, Any]:
    return {
        "channel": deliveries[0].channel,
        "cabinet_id": [delivery.cabinet_id for delivery in deliveries],
        "thread": [delivery.thread for delivery in deliveries],
        "recipient": [delivery.recipient for delivery in deliveries],
    }


def _event(ended: Ended, status: str) -> Event[Any]:
    at, traceparent = ended.finished_at, ended.traceparent
    if status == "delivered":
        return events.delivered(ended.delivery, at=at, traceparent=traceparent)
    reason = storable(ended.result.reason) or ended.result.outcome.value
    return events.failed(ended.delivery, reason=reason, at=at, traceparent=traceparent)

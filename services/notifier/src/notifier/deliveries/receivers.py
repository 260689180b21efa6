"""What attempts tell of their receivers: how long one waits, and when one that fails is left alone but for probes."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from contracts.notifications import Channel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.deliveries.judge import CHAT_IS_GONE
from notifier.deliveries.model import Delivery, Outcome, Result
from notifier.deliveries.schedule import (
    FAILURES_IN_A_ROW,
    MAX_RETRY_AFTER_SECONDS,
    REFUSALS,
    REFUSING_SECONDS,
    is_failing,
    probe_delays_seconds,
)

log = structlog.get_logger()

MAX_REASON_CHARACTERS = 500

# In one order, so that two processes that record at once do not wait for one another.
_LOCK = text("""
SELECT FROM receivers WHERE channel = :channel AND recipient = ANY (CAST(:recipient AS text[]))
ORDER BY recipient FOR UPDATE
""")
# What was under way when a receiver was paused says nothing new; a pause that a success ends is one of failures.
_NOTE = text("""
WITH noted AS (
    SELECT r.channel, r.recipient, n.pause_seconds, n.error, n.got_through,
           CASE WHEN n.got_through THEN n.failures
                WHEN r.failures >= :in_a_row AND r.paused_until > clock_timestamp() THEN r.failures
                ELSE least(r.failures + n.failures, greatest(r.failures + 1, :in_a_row))
           END AS failures,
           n.failures > 0 AS has_failed, n.got_through AND r.failures >= :in_a_row AS is_back,
           CASE WHEN n.refused THEN coalesce(CASE WHEN NOT n.got_through THEN r.refusing_since END, clock_timestamp())
                WHEN NOT n.got_through THEN r.refusing_since END AS refusing_since,
           CASE WHEN n.said_gone THEN coalesce(r.gone_said_at, clock_timestamp())
                WHEN NOT n.got_through THEN r.gone_said_at END AS gone_said_at,
           CASE WHEN n.is_gone THEN clock_timestamp() WHEN NOT n.got_through THEN r.gone_at END AS gone_at
    FROM receivers r
    JOIN unnest(CAST(:recipient AS text[]), CAST(:got_through AS boolean[]), CAST(:failures AS integer[]),
                CAST(:refused AS boolean[]), CAST(:pause_seconds AS double precision[]), CAST(:error AS text[]),
                CAST(:said_gone AS boolean[]), CAST(:is_gone AS boolean[]))
         AS n (recipient, got_through, failures, refused, pause_seconds, error, said_gone, is_gone) USING (recipient)
    WHERE r.channel = :channel
), paused AS (
    SELECT *, clock_timestamp() + make_interval(secs => greatest(
        pause_seconds,
        CASE WHEN has_failed AND failures >= :in_a_row
             THEN (CAST(:probes AS double precision[]))[least(failures - :in_a_row + 1, :probe_count)] END
    )) AS until
    FROM noted
)
UPDATE receivers r
SET failures = p.failures, refusing_since = p.refusing_since, gone_said_at = p.gone_said_at, gone_at = p.gone_at,
    failing_since = CASE WHEN p.failures > 0 THEN coalesce(
        CASE WHEN NOT p.got_through THEN r.failing_since END, clock_timestamp()) END,
    last_error = CASE WHEN p.failures > 0 OR p.refusing_since IS NOT NULL THEN coalesce(p.error, r.last_error) END,
    paused_until = greatest(CASE WHEN NOT p.is_back THEN r.paused_until END, p.until),
    due_at = CASE WHEN p.is_back THEN greatest(clock_timestamp(), p.until) ELSE greatest(r.due_at, p.until) END
FROM paused p
WHERE (r.channel, r.recipient) = (p.channel, p.recipient)
RETURNING r.recipient, r.failures, p.has_failed
""")


# What waits for a chat that is gone; what comes later is left out when its turn comes, while the mark lasts.
_LEAVE_OUT = text("""
UPDATE deliveries SET status = 'dropped', reason = :reason, finished_at = clock_timestamp()
WHERE channel = :channel AND recipient = ANY (CAST(:recipients AS text[])) AND status = 'pending'
""")
_BACK = text("""
UPDATE receivers SET gone_said_at = NULL, gone_at = NULL
WHERE channel = :channel AND recipient = :recipient AND gone_said_at IS NOT NULL
""")


@dataclass
class _Noted:
    got_through: bool = False
    failures: int = 0
    refused: bool = False
    pause_seconds: float | None = None
    error: str | None = None
    said_gone: bool = False
    is_gone: bool = False


def is_believed(delivery: Delivery, result: Result) -> bool:
    """Whether one more refusal of it is final: it was refused before, or nothing else gets through either."""
    if is_gone(delivery, result):
        return True
    refusing_seconds = delivery.receiver.refusing_seconds
    # Failures begin anew where an operator has it tried again; attempts stay.
    has_refused_all = refusing_seconds is not None and refusing_seconds >= REFUSING_SECONDS
    return has_refused_all or min(delivery.refusals, delivery.failures) >= REFUSALS - 1


def is_gone(delivery: Delivery, result: Result) -> bool:
    """Whether a chat says for the second time that it is gone: the first answer was there when this call began."""
    return delivery.channel == "telegram" and result.is_gone and delivery.receiver.gone_said_seconds is not None


async def is_back(connection: AsyncConnection, channel: Channel, recipient: str) -> None:
    """Whoever was gone has just been heard of: it is sent to again."""
    await connection.execute(_BACK, {"channel": channel, "recipient": recipient})


async def note(connection: AsyncConnection, results: Sequence[tuple[Delivery, Result]]) -> None:
    """Note what results of one channel say of their receivers. Where all is well it needs no statement."""
    noted = _noted(results)
    unfinished = {delivery.recipient for delivery, result in results if result.outcome is not Outcome.DELIVERED}
    if not noted.keys() | unfinished:
        return
    channel = results[0][0].channel
    await connection.execute(_LOCK, {"channel": channel, "recipient": list(noted.keys() | unfinished)})
    if not noted:
        return
    probes = probe_delays_seconds(channel)
    values = {
        **{name: [getattr(each, name) for each in noted.values()] for name in _Noted.__dataclass_fields__},
        "channel": channel,
        "recipient": list(noted),
        "in_a_row": FAILURES_IN_A_ROW,
        "probes": probes,
        "probe_count": len(probes),
    }
    for row in await connection.execute(_NOTE, values):
        if row.has_failed and row.failures == FAILURES_IN_A_ROW:
            log.warning("receiver.paused", channel=channel, receiver=_shown(channel, row.recipient))
    if gone := [recipient for recipient, each in noted.items() if each.is_gone]:
        await connection.execute(_LEAVE_OUT, {"channel": channel, "recipients": gone, "reason": CHAT_IS_GONE})
        log.info("receivers.gone", channel=channel, count=len(gone))
    for delivery, result in results:
        if result.outcome is Outcome.DELIVERED and is_failing(delivery.receiver.failures):
            log.info("receiver.takes_again", channel=channel, receiver=_shown(channel, delivery.recipient))


def _shown(channel: str, recipient: str) -> str | None:
    # Whose chat it is belongs into no log.
    return None if channel == "telegram" else recipient


def storable(text: str | None) -> str | None:
    """What PostgreSQL can hold of somebody else's text; other text would break the record of its neighbours."""
    return text and text.encode("utf-8", "replace").decode().replace("\0", "")[:MAX_REASON_CHARACTERS]


def _noted(results: Sequence[tuple[Delivery, Result]]) -> dict[str, _Noted]:
    noted: dict[str, _Noted] = {}
    for delivery, result in results:
        state = noted.get(delivery.recipient) or _Noted()
        match result.outcome:
            case Outcome.DELIVERED:
                receiver = delivery.receiver
                if not (receiver.failures or receiver.refusing_seconds is not None or delivery.recipient in noted):
                    continue
                state = _Noted(got_through=True, pause_seconds=state.pause_seconds)
            case Outcome.REFUSED:
                state.refused, state.error = True, storable(result.reason)
                state.said_gone |= result.is_gone
                state.is_gone |= is_gone(delivery, result)
            case Outcome.UNAVAILABLE | Outcome.UNANSWERED:
                state.failures, state.error = state.failures + 1, storable(result.reason)
                if result.retry_after_seconds:
                    asked_seconds = min(result.retry_after_seconds, MAX_RETRY_AFTER_SECONDS)
                    state.pause_seconds = max(state.pause_seconds or 0.0, asked_seconds)
            case Outcome.RATE_LIMITED:
                state.pause_seconds = max(state.pause_seconds or 0.0, result.retry_after_seconds or 0.0)
            case _:
                continue
        noted[delivery.recipient] = state
    return noted

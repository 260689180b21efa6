"""Claiming due deliveries: who is in line, what becomes of each, a lease and the start of an attempt."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from contracts.notifications import Channel
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.deliveries.judge import GROUP_EVERY_SECONDS, Judged, PutOff, judge, together
from notifier.deliveries.look import WANTED, gather, keys, look
from notifier.deliveries.model import Delivery
from notifier.deliveries.plan import InLine, Plan

# While a delivery is leased, next_attempt_at is the end of the lease: a dead sender's come due by themselves.
_KEYS = "unnest(CAST(:cabinet_id AS uuid[]), CAST(:id AS uuid[]))"
_LEASE = text(f"""
WITH leased AS (
    UPDATE deliveries d
    SET status = 'sending', lease_token = :token, attempts = d.attempts + 1,
        next_attempt_at = clock_timestamp() + make_interval(secs => :lease_seconds)
    FROM {_KEYS} AS claimed (cabinet_id, id)
    WHERE (d.cabinet_id, d.id) = (claimed.cabinet_id, claimed.id)
    RETURNING d.cabinet_id, d.id, d.attempts
)
INSERT INTO delivery_attempts (cabinet_id, delivery_id, attempt) SELECT cabinet_id, id, attempts FROM leased
""")
_SETTLE = text("""
UPDATE deliveries d
SET status = CASE WHEN settled.is_dropped THEN 'dropped' ELSE 'pending' END, reason = settled.reason,
    next_attempt_at = coalesce(settled.until, clock_timestamp() + make_interval(secs => coalesce(settled.seconds, 0))),
    finished_at = CASE WHEN settled.is_dropped THEN clock_timestamp() END
FROM unnest(CAST(:cabinet_id AS uuid[]), CAST(:id AS uuid[]), CAST(:is_dropped AS boolean[]), CAST(:reason AS text[]),
            CAST(:until AS timestamptz[]), CAST(:seconds AS double precision[]))
     AS settled (cabinet_id, id, is_dropped, reason, until, seconds)
WHERE (d.cabinet_id, d.id) = (settled.cabinet_id, settled.id)
""")
_NOTE_GROUPS = text("""
UPDATE receivers SET grouped_at = clock_timestamp()
WHERE channel = :channel AND recipient = ANY (CAST(:recipients AS text[]))
""")
# A statement of its own: it sees whatever was committed while the line was being locked.
_FIRST = f"""
    SELECT min(d.next_attempt_at) FROM deliveries d
    WHERE (d.channel, d.recipient) = (r.channel, r.recipient) AND d.status IN ('pending', 'sending') AND {WANTED}
"""
_LINE_UP = text(f"""
UPDATE receivers r
SET critical_due_at = line.critical, due_at = GREATEST(
    r.paused_until, clock_timestamp() + make_interval(secs => coalesce(line.seconds, 0)),
    coalesce(least(line.critical, line.other), 'infinity'))
FROM (
    SELECT r.channel, r.recipient, wait.seconds, ({_FIRST} AND d.is_critical) AS critical,
           ({_FIRST} AND NOT d.is_critical) AS other
    FROM unnest(CAST(:recipient AS text[]), CAST(:seconds AS double precision[])) AS wait (recipient, seconds)
    JOIN receivers r ON (r.channel, r.recipient) = (:channel, wait.recipient)
) AS line
WHERE (r.channel, r.recipient) = (line.channel, line.recipient)
""")
_RENEW = text(f"""
UPDATE deliveries d SET next_attempt_at = clock_timestamp() + make_interval(secs => :lease_seconds)
FROM {_KEYS} AS held (cabinet_id, id)
WHERE (d.cabinet_id, d.id) = (held.cabinet_id, held.id) AND d.lease_token = :token AND d.status = 'sending'
""")


async def claim(
    connection: AsyncConnection,
    channel: Channel,
    *,
    token: UUID,
    lease_seconds: float,
    receivers: int,
    rows: int,
    full: Sequence[str],
    plan: Callable[[Sequence[InLine]], Awaitable[Plan]],
    now: datetime,
) -> tuple[Plan, bool]:
    """Lease what `plan` lets go of what may go, and write down that its attempt began; whether the line may be longer
    than this look.

    At most `rows` deliveries of each of the first `receivers` in line are looked at, and as many critical ones.
    Receivers that another sender looks at are passed over, and those in `full`, who have enough on its way.
    """
    seen = await look(connection, channel, receivers=receivers, rows=rows, full=full)
    if not seen:
        return Plan((), {}), False
    judged = {each.recipient: judge(each.due, now) for each in seen}
    waits = await _tell_together(connection, channel, judged, now)
    planned = await plan([InLine(recipient, each.go) for recipient, each in judged.items()])
    await _settle(connection, judged.values())
    if planned.go:
        leased = [each for delivery in planned.go for each in (delivery, *delivery.beside)]
        await connection.execute(_LEASE, {**keys(leased), "token": token, "lease_seconds": lease_seconds})
    if grouped := [delivery.recipient for delivery in planned.go if delivery.is_group]:
        await connection.execute(_NOTE_GROUPS, {"channel": channel, "recipients": grouped})
    if again_seconds := {**planned.again_seconds, **waits}:
        names, seconds = zip(*again_seconds.items(), strict=True)
        await connection.execute(_LINE_UP, {"channel": channel, "recipient": list(names), "seconds": list(seconds)})
    return replace(planned, go=[_begun(delivery) for delivery in planned.go]), len(seen) >= receivers


async def renew(connection: AsyncConnection, held: Sequence[Delivery], *, token: UUID, lease_seconds: float) -> None:
    """Lengthen the leases of deliveries still on their way: a slow answer is not a dead sender."""
    leased = [each for delivery in held for each in (delivery, *delivery.beside)]
    await connection.execute(_RENEW, {**keys(leased), "token": token, "lease_seconds": lease_seconds})


def _begun(delivery: Delivery) -> Delivery:
    return replace(
        delivery,
        attempt=delivery.attempt + 1,
        merged=tuple(map(_begun, delivery.merged)),
        grouped=tuple(map(_begun, delivery.grouped)),
    )


async def _tell_together(
    connection: AsyncConnection, channel: Channel, judged: dict[str, Judged], now: datetime
) -> dict[str, float]:
    """Make one delivery of all that is due to a receiver to whom much is; which ones have to wait for so many seconds,
    because they were told many things just now."""
    waits: dict[str, float] = {}
    ready = []
    for recipient, each in judged.items():
        if each.together:
            since = each.together[0].receiver.grouped_seconds
            if since is None or since >= GROUP_EVERY_SECONDS:
                ready.append(recipient)
            else:
                waits[recipient] = GROUP_EVERY_SECONDS - since
    for gathered in await gather(connection, channel, ready) if ready else ():
        all_due = judge(gathered.due, now)
        each = judged[gathered.recipient]
        critical = [delivery for delivery in each.go if delivery.is_critical]
        edits = [delivery for delivery in all_due.go if delivery.living is not None]
        alone = [delivery for delivery in all_due.go if delivery.living is None]
        all_due.put_off += [late for late in each.put_off if late.delivery.is_critical]
        all_due.dropped += [delivery for delivery in each.dropped if delivery.is_critical]
        all_due.go = critical + together([*all_due.together, *alone]) + edits
        judged[gathered.recipient] = all_due
    return waits


async def _settle(connection: AsyncConnection, judged: Collection[Judged]) -> None:
    """Keep why deliveries wait and until when, and which ones are left out and why."""
    dropped = [delivery for each in judged for delivery in each.dropped]
    put_off = [late for each in judged for late in each.put_off]
    if not dropped and not put_off:
        return
    ends = [PutOff(delivery, delivery.reason or "") for delivery in dropped]
    values = {
        "is_dropped": [True] * len(dropped) + [False] * len(put_off),
        "reason": [each.reason for each in (*ends, *put_off)],
        "until": [each.until for each in (*ends, *put_off)],
        "seconds": [each.seconds for each in (*ends, *put_off)],
    }
    await connection.execute(_SETTLE, {**keys([*dropped, *(late.delivery for late in put_off)]), **values})

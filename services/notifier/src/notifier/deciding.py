"""Whether, when and as what a person is told: one pure function of what is to be told, his settings, and the moment.

Its reasons are stored beside the delivery: docs/notification-settings.md lists them.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from contracts.currency import ROUBLE
from contracts.message_kinds import KINDS
from contracts.notification_settings import NotificationSettings, Resolved, resolved

from notifier.quiet_hours import at_local_time, end_of_quiet, is_quiet, zone_of

Action = Literal["send", "defer", "drop", "group"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be told to a person: all that a decision depends on."""

    kinds: tuple[str, ...]
    """All that it is an instance of, the more special first, the plain one last; at least one."""
    cabinet_id: UUID | None
    channel: str
    created_at: datetime
    nm_id: int | None = None
    amount: Decimal | None = None
    currency: str | None = None
    waiting: int = 0
    """How many are due to the same recipient at once, this one among them."""
    only_edits: bool = False
    """It changes a message that is there and makes no noise."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of it. `kind`: as which it is told; `until`: when to ask again, of what is deferred."""

    action: Action
    kind: str
    reason: str
    until: datetime | None = None


def decide(asked: Asked, settings: NotificationSettings | None, now: datetime) -> Decision:
    """Tell it as the first of its kinds that is wanted: at once, later, or in one message with others that wait.

    `settings` are the recipient's; none: he said nothing. `now` has an offset.
    """
    reason = ""
    for kind in asked.kinds:
        wanted = resolved(settings, asked.cabinet_id, kind, asked.channel)
        unwanted = _unwanted(asked, kind, wanted) or _muted(asked, kind, settings, now)
        if unwanted is None:
            return _timed(asked, kind, wanted, settings, now)
        reason = unwanted
    return Decision("drop", asked.kinds[-1], reason)


def _unwanted(asked: Asked, kind: str, wanted: Resolved) -> str | None:
    if not wanted.is_on.value:
        return f"off:{wanted.is_on.level}"
    above = wanted.above
    if above.value is not None:
        if asked.amount is None:
            # The kind is nothing else than that its amount is big; of other kinds rather one too many.
            if _is_of_amount(kind):
                return "amount_unknown"
        elif above.level == "default" and asked.currency not in (None, ROUBLE):
            return "no_threshold"
        elif asked.amount < above.value:
            return f"below:{above.level}"
    items = wanted.only_nm_ids.value
    if items and asked.nm_id is not None and asked.nm_id not in items:
        return "not_this_item"
    return None


def _muted(asked: Asked, kind: str, settings: NotificationSettings | None, now: datetime) -> str | None:
    if settings is None or not settings.mutes or asked.only_edits:
        return None
    for (cabinet_id, a_kind, nm_id), until in _mutes_of(asked, kind, settings):
        if until <= now:
            continue
        if nm_id is not None:
            return "muted:item"
        if not _is_critical(kind):
            return "muted:kind" if a_kind is not None else "muted:all" if cabinet_id is None else "muted:cabinet"
    return None


def _mutes_of(
    asked: Asked, kind: str, settings: NotificationSettings
) -> list[tuple[tuple[UUID | None, str | None, int | None], datetime]]:
    """Mutes that fit, an item's first."""
    ends = settings.muted_until
    keys = [
        (cabinet_id, a_kind, nm_id)
        for nm_id in ((None,) if asked.nm_id is None else (asked.nm_id, None))
        for a_kind in (kind, None)
        for cabinet_id in ((None,) if asked.cabinet_id is None else (asked.cabinet_id, None))
    ]
    return [(key, ends[key]) for key in keys if key in ends]


def _timed(asked: Asked, kind: str, wanted: Resolved, settings: NotificationSettings | None, now: datetime) -> Decision:
    on = f"on:{wanted.is_on.level}"
    if asked.only_edits:
        return Decision("send", kind, on)
    is_digest, quiet = _is_digest(kind), wanted.quiet.value
    if is_digest:
        zone = zone_of(settings)
        due = at_local_time(wanted.digest_at.value, asked.created_at, zone)
        told_at = max(now, due)
        if quiet is not None and is_quiet(quiet, told_at, zone):
            return Decision("defer", kind, "quiet", end_of_quiet(quiet, told_at, zone))
        return Decision("send", kind, on) if due <= now else Decision("defer", kind, "digest_at", due)
    if _is_critical(kind):
        return Decision("send", kind, on)
    if quiet is not None:
        zone = zone_of(settings)
        if is_quiet(quiet, now, zone):
            return Decision("defer", kind, "quiet", end_of_quiet(quiet, now, zone))
        if asked.waiting > 1 and is_quiet(quiet, asked.created_at, zone):
            return Decision("group", kind, "woken")
    if 0 < wanted.group_after.value <= asked.waiting:
        return Decision("group", kind, "burst")
    return Decision("send", kind, on)


def _is_critical(kind: str) -> bool:
    known = KINDS.get(kind)
    return known is not None and known.is_critical


def _is_of_amount(kind: str) -> bool:
    known = KINDS.get(kind)
    return known is not None and known.above is not None


def _is_digest(kind: str) -> bool:
    known = KINDS.get(kind)
    return known is not None and known.family == "digests"

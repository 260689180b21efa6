"""When the next reading is due: at a moment of each resource and cabinet's own, and not before WB has anything new."""

from datetime import timedelta
from zlib import crc32

from ingestor.sync import activity, endings
from ingestor.sync.forecast import Cadence, cadence
from ingestor.sync.page import Run
from ingestor.sync.tools import Tools

RECENT = 1.5
"""A reading this many intervals after the one before it tells within which of them WB renewed what it shows."""


def own_moment(every_seconds: float, *, of: str, at: float, least_seconds: float) -> float:
    """Seconds from `at` (Unix seconds) until the next moment of `of`, at least `least_seconds` and at most an interval.

    Each has the same share of every interval, so that cabinets whose readings were all due at one moment, as after a
    standstill, are spread over the interval by the second reading after it.
    """
    phase = crc32(of.encode()) / 2**32 * every_seconds
    return min(max(every_seconds - (at - phase) % every_seconds, least_seconds), every_seconds)


def until_next(this: Run, tools: Tools) -> float:
    """Seconds from the beginning of a reading that came to its end until the next one, at most an interval.

    Where the limits decide it is the whole interval; where WB lets a method be called only once at a time, no less than
    it takes WB to give a call back. What WB renews more rarely, and has just renewed, is read again when it has been
    again; a large loss is confirmed soon.
    """
    lease, resource = this.lease, this.resource
    every = cadence_of(this, tools)
    method_seconds = tools.budget.interval_seconds(resource.method, lease.kind)
    if every.because in {"limits", "sharing"}:
        seconds = every.seconds
    else:
        is_one_at_once = resource.method.limit(lease.kind).burst == 1
        least = max(every.seconds / 2, method_seconds if is_one_at_once else 0)
        of, at = f"{resource.name} of {lease.cabinet_id}", lease.taken_at
        seconds = own_moment(every.seconds, of=of, at=at.timestamp(), least_seconds=least)
    if resource.renewed is not None and lease.first_load_done and this.totals.found_anything:
        renewed = resource.renewed.total_seconds() / tools.rate
        since = lease.since_success_seconds
        seconds = max(seconds, nothing_new(renewed, every_seconds=every.seconds, since_last_seconds=since))
    if this.suspected:
        seconds = min(seconds, max(endings.CONFIRM_SECONDS / tools.rate, method_seconds * lease.sharing))
    return seconds


def nothing_new(renewed_seconds: float, *, every_seconds: float, since_last_seconds: float) -> float:
    """Seconds during which WB has nothing new after a reading that found something; 0: that is not known.

    WB renews it every `renewed_seconds`, and does not tell at which moment. If it was read a short time before, that
    was since then.
    """
    if since_last_seconds > RECENT * every_seconds:
        return 0
    return max(renewed_seconds - every_seconds, 0)


def cadence_of(this: Run, tools: Tools) -> Cadence:
    """How often what a run reads is read."""
    idle_seconds = 0 if activity.is_sign(this, rate=tools.rate) else this.lease.idle_seconds
    return cadence(
        this.resource,
        interval_seconds=tools.interval_seconds,
        method_seconds=tools.budget.interval_seconds(this.resource.method, this.lease.kind),
        cabinets=this.lease.sharing,
        idle=timedelta(seconds=idle_seconds * tools.rate),
        dormant_after=tools.dormant_after,
        rate=tools.rate,
    )

"""Hours of a day in a person's zone, whatever its clocks do: hours that are skipped, and hours that come twice.

It is quiet while the clock on the wall shows a time from `since` on and before `until`.
"""

from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from contracts.model import MOSCOW
from contracts.notification_settings import NotificationSettings, Quiet

_DAY = 86_400


@lru_cache(maxsize=1_000)
def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        return MOSCOW  # the gateway's zones may be newer than ours


def zone_of(settings: NotificationSettings | None) -> tzinfo:
    """A user's zone: Moscow's where he named none, or one that this machine does not know."""
    return MOSCOW if settings is None else _zone(settings.zone)


def is_quiet(quiet: Quiet, moment: datetime, zone: tzinfo) -> bool:
    """Whether the wall's clock shows a quiet time."""
    return _shows_quiet(quiet, _seconds_shown(moment, zone))


def end_of_quiet(quiet: Quiet, moment: datetime, zone: tzinfo) -> datetime:
    """The first moment (UTC) after a quiet one that is not quiet any more."""
    until, at = _seconds(quiet.until), moment.astimezone(UTC)
    while True:
        shown = _seconds_shown(at, zone)
        if not _shows_quiet(quiet, shown):
            return at
        end = at.replace(microsecond=0) + timedelta(seconds=(until - shown) % _DAY)
        change = _change_of_clocks(at, end, zone)
        if change is None:
            return end
        at = change


def at_local_time(hour_minute: str, day_of: datetime, zone: tzinfo) -> datetime:
    """The moment (UTC) at which the clock shows it on the local day of `day_of`; the first, if it comes twice."""
    local = day_of.astimezone(zone)
    hour, minute = int(hour_minute[:2]), int(hour_minute[3:])
    return datetime.combine(local.date(), time(hour, minute), tzinfo=zone).astimezone(UTC)


def _shows_quiet(quiet: Quiet, shown: int) -> bool:
    since, until = _seconds(quiet.since), _seconds(quiet.until)
    return since <= shown < until if since <= until else shown >= since or shown < until


def _change_of_clocks(after: datetime, until: datetime, zone: tzinfo) -> datetime | None:
    """The first second with another offset, if the offset at `until` is another."""
    offset = _offset(after, zone)
    if _offset(until, zone) == offset:
        return None
    before, there = after.replace(microsecond=0), until
    while there - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((there - before).total_seconds()) // 2)
        if _offset(middle, zone) == offset:
            before = middle
        else:
            there = middle
    return there


def _offset(moment: datetime, zone: tzinfo) -> timedelta | None:
    return moment.astimezone(zone).utcoffset()


def _seconds_shown(moment: datetime, zone: tzinfo) -> int:
    local = moment.astimezone(zone)
    return local.hour * 3600 + local.minute * 60 + local.second


@lru_cache(maxsize=1_440)
def _seconds(hour_minute: str) -> int:
    return int(hour_minute[:2]) * 3600 + int(hour_minute[3:]) * 60

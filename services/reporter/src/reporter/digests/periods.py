"""Days, weeks from Monday and months, and what each is compared with."""

from dataclasses import dataclass
from datetime import date, timedelta

from contracts.digests import DigestKind

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Days:
    """Days from the first to the last, both included."""

    first: date
    last: date

    def __len__(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Period:
    """A period that has ended, and the one before it."""

    kind: DigestKind
    now: Days
    before: Days


def ended(kind: DigestKind, today: date) -> Period:
    """The last period of its kind that ended before `today`."""
    now = _of(kind, _begin(kind, today) - _DAY)
    return Period(kind, now, _of(kind, now.first - _DAY))


def ended_lately(kind: DigestKind, today: date, count: int) -> list[Period]:
    """The last so many periods of the kind that ended before `today`, the oldest first."""
    found = [ended(kind, today)]
    while len(found) < count:
        found.append(ended(kind, found[-1].now.first))
    return found[::-1]


def _of(kind: DigestKind, day: date) -> Days:
    begin = _begin(kind, day)
    if kind is DigestKind.MONTH:
        return Days(begin, (begin + timedelta(days=31)).replace(day=1) - _DAY)
    return Days(begin, begin if kind is DigestKind.DAY else begin + 6 * _DAY)


def _begin(kind: DigestKind, day: date) -> date:
    if kind is DigestKind.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if kind is DigestKind.MONTH else day

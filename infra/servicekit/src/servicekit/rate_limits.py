"""Rate limits: a quota a minute, which may be used at once and comes back evenly (the generic cell rate algorithm).

What is used of a quota is one number: the moment at which nothing of it will be. All processes share it in Redis, where
`Cache.look` counts in the round trip that it makes anyway; `LocalCounts` is what a process counts by itself while Redis
is away. Of several quotas that a request is counted in, either each has room and is counted, or none is.
"""

import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

WINDOW_SECONDS = 60
WINDOW = WINDOW_SECONDS * 1_000_000
"""In microseconds."""

MAX_QUOTA = 10_000_000
"""A minute: with more, a request would cost less than what is counted in."""

MOST = 10_000
"""Counts that a process keeps by itself."""


class Quota(NamedTuple):
    """What may be used a minute, and under which name it is counted."""

    name: str
    a_minute: int
    is_counted: bool = True
    """Else it is only looked at whether there is something left."""

    @property
    def argument(self) -> int:
        """For the script."""
        return self.a_minute if self.is_counted else -self.a_minute


class Used(NamedTuple):
    """What came of a quota, in microseconds."""

    wait: int
    """Until there is something left; 0: there was."""
    until_whole: int
    """Until nothing of it is used."""

    def left_of(self, quota: Quota) -> int:
        """How many more may come at once."""
        return 0 if self.wait else max(0, WINDOW - self.until_whole) // (WINDOW // quota.a_minute)

    def next_seconds(self, quota: Quota) -> int:
        """Until there is more of it than now, rounded up."""
        interval = WINDOW // quota.a_minute
        until_next = self.wait or self.until_whole % interval or interval
        return -(-until_next // 1_000_000)


# A part of the script of `Cache.look`: `current` are the last `quotas` values that were read under `names`, a quota's
# argument is ARGV[2 + its place], and what came of it is added to `found`, whose first member is the answer.
COUNT = f"""
if quotas > 0 then
    local time = redis.call('TIME')
    local now = time[1] * 1000000 + time[2]
    local before, has_room, whole_at = #names - quotas, true, {{}}
    for i = 1, quotas do
        local interval = math.floor({WINDOW} / math.abs(ARGV[2 + i]))
        local at = tonumber(current[before + i] or '') or now
        -- Never further ahead than a whole quota, also where the clock was set back.
        whole_at[i] = math.min(math.max(at, now), now + {WINDOW})
        if whole_at[i] + interval > now + {WINDOW} then
            has_room = false
        end
    end
    for i = 1, quotas do
        local quota = tonumber(ARGV[2 + i])
        local interval = math.floor({WINDOW} / math.abs(quota))
        found[#found + 1] = math.max(0, whole_at[i] + interval - now - {WINDOW})
        if has_room and quota > 0 then
            whole_at[i] = whole_at[i] + interval
            local keep = math.ceil((whole_at[i] - now) / 1000)
            redis.call('SET', names[before + i], string.format('%.0f', whole_at[i]), 'PX', keep)
        end
        found[#found + 1] = whole_at[i] - now
    end
    if not has_room then
        found[1] = false
    end
end
"""


class LocalCounts:
    """Counts of this process alone: of the `MOST` names used last."""

    def __init__(self) -> None:
        self._whole_at: OrderedDict[str, int] = OrderedDict()

    def count(self, quotas: Sequence[Quota]) -> list[Used]:
        """Count one in each of `quotas`, if each has room; what came of each."""
        now = time.monotonic_ns() // 1000
        whole_at = [max(self._whole_at.get(quota.name, now), now) for quota in quotas]
        intervals = [WINDOW // quota.a_minute for quota in quotas]
        waits = [max(0, at + interval - now - WINDOW) for at, interval in zip(whole_at, intervals, strict=True)]
        if not any(waits):
            for place, quota in enumerate(quotas):
                if quota.is_counted:
                    whole_at[place] += intervals[place]
                    self._whole_at[quota.name] = whole_at[place]
                    self._whole_at.move_to_end(quota.name)
            while len(self._whole_at) > MOST:
                self._whole_at.popitem(last=False)
        return [Used(wait, at - now) for wait, at in zip(waits, whole_at, strict=True)]

"""Token buckets, one per seller and counter."""

from collections.abc import Callable
from dataclasses import dataclass

from wbsim.limits import Limit

# Waiting exactly as long as told must be enough, whatever the floating point makes of it.
_ROUNDING = 1e-9
LEAST_SWEPT = 4_096


@dataclass(slots=True)
class Level:
    """What a bucket held after a request; `retry_seconds` is 0 unless the request was refused."""

    limit: int
    remaining: int
    reset_seconds: float
    """Until the bucket is full again."""
    retry_seconds: float = 0.0


class Bucket:
    """Starts full, refills one request per interval, never above its burst; debts are paid off first."""

    __slots__ = ("_filled_at", "_limit", "_tokens")

    def __init__(self, limit: Limit, now: float) -> None:
        self._limit = limit
        self._tokens = float(limit.burst)
        self._filled_at = now

    def take(self, now: float) -> Level:
        """Take one request if there is one."""
        self._refill(now)
        refused = self._tokens < 1 - _ROUNDING
        if not refused:
            self._tokens -= 1
        return self._level(refused=refused)

    def charge(self, requests: int, now: float) -> Level:
        """Take so many more requests, into debt if need be."""
        self._refill(now)
        self._tokens -= requests
        return self._level(refused=False)

    def is_full(self, now: float) -> bool:
        """Whether it is as a new one would be."""
        self._refill(now)
        return self._tokens >= self._limit.burst

    def _refill(self, now: float) -> None:
        gained = (now - self._filled_at) / self._limit.interval_seconds
        self._tokens = min(self._limit.burst, self._tokens + gained)
        self._filled_at = now

    def _level(self, *, refused: bool) -> Level:
        interval = self._limit.interval_seconds
        return Level(
            limit=self._limit.burst,
            remaining=max(0, int(self._tokens)),
            reset_seconds=(self._limit.burst - self._tokens) * interval,
            retry_seconds=(1 - self._tokens) * interval if refused else 0.0,
        )


class Buckets:
    """Every bucket of a simulator; `factor` divides the intervals, `monotonic` is the clock they run on."""

    def __init__(self, monotonic: Callable[[], float], factor: float = 1.0) -> None:
        self._monotonic = monotonic
        self._factor = factor
        self._buckets: dict[tuple[str, str, Limit], Bucket] = {}
        self._scaled: dict[Limit, Limit] = {}
        self._sweep_above = LEAST_SWEPT

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, sid: str, counter: str, limit: Limit) -> Level:
        """Take one request from a seller's counter."""
        return self._bucket(sid, counter, limit).take(self._monotonic())

    def charge(self, sid: str, counter: str, limit: Limit, requests: int) -> Level:
        """Charge a seller's counter for a costly answer."""
        return self._bucket(sid, counter, limit).charge(requests, self._monotonic())

    def _bucket(self, sid: str, counter: str, limit: Limit) -> Bucket:
        key = (sid, counter, limit)
        if key not in self._buckets:
            if len(self._buckets) >= self._sweep_above:
                self._sweep()
            self._buckets[key] = Bucket(self._of(limit), self._monotonic())
        return self._buckets[key]

    def _of(self, limit: Limit) -> Limit:
        if limit not in self._scaled:
            self._scaled[limit] = Limit(limit.interval_seconds / self._factor, limit.burst)
        return self._scaled[limit]

    def _sweep(self) -> None:
        """Forget full buckets: of ten thousand sellers few have called a method within its interval."""
        now = self._monotonic()
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.is_full(now)}
        self._sweep_above = max(LEAST_SWEPT, 2 * len(self._buckets))

"""Simulated time: real time at the start, then `speed` simulated seconds for each real one."""

import time


class Clock:
    """Never goes back; `now()` is simulated, `real()` maps any simulated moment to Unix seconds."""

    def __init__(self, speed: float = 1.0) -> None:
        if speed <= 0:
            raise ValueError("speed must be greater than 0")
        self.speed = speed
        self._started = time.time()
        self._started_monotonic = time.monotonic()

    def now(self) -> float:
        """The simulated time in Unix seconds."""
        return self._started + (time.monotonic() - self._started_monotonic) * self.speed

    def real(self, simulated: float) -> float:
        """The real Unix time at which the simulated moment is (or was) reached."""
        return self._started + (simulated - self._started) / self.speed

    def real_now(self) -> float:
        """Real Unix seconds, on the same monotonic base as `now()`."""
        return self._started + (time.monotonic() - self._started_monotonic)

"""Simulated time: `speed` simulated seconds for each real one, from a moment before or at the real start."""

import time


class Clock:
    """Never goes back; `now()` is simulated, `real()` maps a simulated moment to Unix seconds.

    It begins `behind` seconds before real time, so that a fast shop need not outrun its client's calendar.
    """

    def __init__(self, speed: float = 1.0, *, behind: float = 0.0) -> None:
        self._began = time.time()
        self._began_monotonic = time.monotonic()
        self._simulated_from = self._began - behind
        self._real_from = self._began
        self.speed = _checked(speed)

    def run_at(self, speed: float) -> None:
        """Go on at another speed; 0 stops simulated time.

        Raises:
            ValueError: time would run backwards.
        """
        speed = _checked(speed)
        self._simulated_from, self._real_from = self.now(), self.real_now()
        self.speed = speed

    def now(self) -> float:
        """The simulated time in Unix seconds."""
        return self._simulated_from + (self.real_now() - self._real_from) * self.speed

    def real(self, simulated: float) -> float:
        """The real Unix time at which the simulated moment is (or was) reached, at the present speed."""
        if self.speed == 0:
            return self.real_now()
        return self._real_from + (simulated - self._simulated_from) / self.speed

    def real_now(self) -> float:
        """Real Unix seconds, on the same monotonic base as `now()`."""
        return self._began + (time.monotonic() - self._began_monotonic)


def _checked(speed: float) -> float:
    if speed < 0:
        raise ValueError("speed must be 0 or greater")
    return speed

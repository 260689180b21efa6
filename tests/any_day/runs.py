"""The moments and zones that `make any-day` tries, and what it does there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from any_day import clock


@dataclass(frozen=True)
class Run:
    """Something done as if it began at a moment (in Moscow), on a machine of a zone. The command follows `python`."""

    name: str
    moment: str
    zone: str
    command: Sequence[str]

    @property
    def at(self) -> datetime:
        return clock.moment(self.moment)


SUITE = ("tests",)
"""Stands for the whole suite, which runs as `make test` does."""

RUNS = (
    # Crosses midnight and the year in Moscow; the machine is in the new year already.
    Run("year-end", "2027-12-31 23:50:00", "Pacific/Kiritimati", SUITE),
    # The 29th in Moscow and UTC, the 28th on the machine.
    Run("leap-day", "2028-02-29 12:00:00", "Etc/GMT+12", SUITE),
    # Two summers ahead, in the first minutes of UTC's day; a day earlier on the machine.
    Run("summer", "2028-07-15 03:00:00", "Pacific/Pago_Pago", SUITE),
    # Changes are made from some 25 s after the start on: before and after Moscow's midnight.
    Run(
        "midnight-demo",
        "2028-03-31 23:59:10",
        "Pacific/Kiritimati",
        ("-m", "demo", "--seconds", "60", "--show", "none"),
    ),
    Run("midnight-chaos", "2028-12-31 23:59:20", "Pacific/Pago_Pago", ("-m", "pytest", "tests/e2e/test_kills.py")),
)

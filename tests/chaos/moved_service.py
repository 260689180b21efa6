"""`python -m chaos.moved_service NAME`: a service on a machine whose clock is as wrong as its environment says.

`time.time` is moved before anything else is imported. Monotonic clocks and sleeps are the machine's, as they are where
a clock is wrong.
"""

import importlib
import os
import sys
import time

AHEAD = "CHAOS_CLOCK_AHEAD_SECONDS"
"""The environment variable that says how far a process's clock is ahead; behind if it is negative."""


def main() -> None:
    """Serve until SIGTERM."""
    ahead, wall = float(os.environ.get(AHEAD, "0")), time.time
    time.time = lambda: wall() + ahead
    importlib.import_module(f"{sys.argv[1]}.__main__").cli(["serve"])


if __name__ == "__main__":
    main()

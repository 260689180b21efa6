"""`python -m chaos.moved_ingestor`: an ingestor on a machine whose clock is wrong, by as much as its environment says.

`time.time` is moved before anything else is imported. Monotonic clocks and sleeps are the machine's, as they are where
a clock is wrong.
"""

import os
import time

from chaos.ingestors import AHEAD


def main() -> None:
    """Serve until SIGTERM."""
    ahead, wall = float(os.environ.get(AHEAD, "0")), time.time
    time.time = lambda: wall() + ahead
    from ingestor.__main__ import cli

    cli(["serve"])


if __name__ == "__main__":
    main()

"""Another clock for a process and all that it starts: Debian's `datefudge`, preloaded.

It moves what `time`, `gettimeofday` and `clock_gettime(CLOCK_REALTIME)` answer and nothing else: the clock runs on from
the given moment, sleeps and monotonic clocks are the machine's. (libfaketime also rewrites timed waits: with it
Python's `time.sleep` fails, or its locks wait for years.)
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from local import debian
from local.errors import LocalError
from local.finding import binaries_of
from local.instance import Instance
from local.servers import KINDS

LIBRARY = "usr/lib/*/datefudge/datefudge.so"
TOLERANCE = timedelta(minutes=1)
_GIVEN = ("DATABASE_URL", "REDIS_URL", "RABBITMQ_URL")


def moment(text: str) -> datetime:
    """`2027-12-31 23:50:00 Europe/Moscow`; without a zone it is Moscow's time.

    Raises:
        LocalError: it is none.
    """
    found = re.fullmatch(r"(\S+ \S+)(?: (\S+))?", text.strip())
    try:
        said = datetime.fromisoformat(found[1] if found else "")
    except ValueError as error:
        raise LocalError(f"{text!r} is no moment such as '2027-12-31 23:50:00 Europe/Moscow'") from error
    return said.replace(tzinfo=zone((found and found[2]) or "Europe/Moscow"))


def zone(name: str) -> ZoneInfo:
    """A zone by its name.

    Raises:
        LocalError: this machine does not know it. With an unknown TZ programs would run in UTC without a word.
    """
    if not Path("/usr/share/zoneinfo", name).is_file():
        raise LocalError(f"this machine does not know the zone {name!r}: is the package tzdata installed?")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise LocalError(f"{name!r} is no zone") from error


def library(root: Path, progress: Callable[[str], None]) -> Path:
    """The library to preload: installed, or fetched and unpacked below the workspace's `.local`.

    Raises:
        LocalError: it cannot be had.
    """
    installed = sorted(Path("/").glob(LIBRARY))
    if installed:
        return installed[0]
    if not debian.available():
        raise LocalError("datefudge is missing: install it, or apt-get and dpkg-deb that can fetch it")
    unpacked = debian.fetch("datefudge", root / ".local" / "debian", progress)
    return next(unpacked.glob(LIBRARY))


def own_servers(root: Path, progress: Callable[[str], None]) -> None:
    """Have all servers' programs at hand: those in containers, and those given by URL, would keep today's clock.

    Raises:
        LocalError: they cannot be had.
    """
    for kind in KINDS:
        if binaries_of(kind, Instance("any-day", root)) is None:
            debian.fetch(kind.package, root / ".local" / "debian", progress)


def environment(preloaded: Path, at: datetime, zone_name: str) -> dict[str, str]:
    """This process's environment for one whose clock stands at the moment now, in that zone."""
    kept = {name: value for name, value in os.environ.items() if name not in _GIVEN}
    others = filter(None, [os.environ.get("LD_PRELOAD")])
    moved = {
        "LD_PRELOAD": ":".join([str(preloaded), *others]),
        "DATEFUDGE": str(round(time.time() - at.timestamp())),  # how far back
        "TZ": zone_name,
    }
    return kept | moved


def check(env: dict[str, str], at: datetime) -> str:
    """What processes and servers of that environment say the time is.

    Raises:
        LocalError: a clock among them was not moved.
    """
    command = [sys.executable, "-m", "any_day.probe", str(at.timestamp()), str(TOLERANCE.total_seconds())]
    answer = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise LocalError((answer.stderr.strip() or answer.stdout.strip())[-2000:])
    return answer.stdout.strip()

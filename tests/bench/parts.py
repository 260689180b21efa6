"""A part of the bench as a process that ends by itself, or is ended."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

GRACE_SECONDS = 30.0
"""For what is interrupted to stop its services and servers."""


@dataclass(frozen=True)
class Outcome:
    """How a part ended."""

    seconds: float
    line: str = ""
    """The last that it printed."""
    problem: str | None = None
    """Why it has no line, if it has none."""


def measure(command: Sequence[str], *, seconds: float, grace_seconds: float = GRACE_SECONDS) -> Outcome:
    """Run it for so long at most; then it is interrupted, and killed with all it started if that does not end it."""
    began = time.monotonic()

    def outcome(line: str = "", problem: str | None = None) -> Outcome:
        return Outcome(time.monotonic() - began, line, problem)

    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        printed, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        _end(process, grace_seconds)
        return outcome(problem=f"did not end within {seconds:g} s")
    except BaseException:
        _end(process, grace_seconds)
        raise
    if process.returncode:
        return outcome(problem=f"failed with exit code {process.returncode}")
    lines = printed.splitlines()
    return outcome(lines[-1]) if lines else outcome(problem="printed nothing")


def _end(process: "subprocess.Popen[str]", grace_seconds: float) -> None:
    process.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=grace_seconds)
    with suppress(ProcessLookupError):
        # Its group outlives it where it was killed before it had ended what it started.
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()

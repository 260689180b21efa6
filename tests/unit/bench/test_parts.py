"""Every part of the bench ends, and says in a line what it found or that it found nothing."""

import sys
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from bench.command import given
from bench.figures import entry, table
from bench.parts import measure
from support.eventually import eventually

STOPPABLE = """
import pathlib, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts in the background ignores it
try:
    time.sleep(300)
except KeyboardInterrupt:
    pathlib.Path(sys.argv[1]).touch()
"""
UNSTOPPABLE = """
import signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
print(child.pid, file=open(sys.argv[1], "w"), flush=True)
time.sleep(300)
"""


@dataclass(frozen=True)
class Sizes:
    orders: int = 5
    seconds: float = 1.0


def test_the_last_line_that_a_part_prints_is_what_it_found() -> None:
    outcome = measure([sys.executable, "-c", "print('a table'); print('{}')"], seconds=60)
    assert (outcome.line, outcome.problem) == ("{}", None)


@pytest.mark.parametrize(
    ("code", "problem"), [("raise SystemExit(3)", "failed with exit code 3"), ("", "printed nothing")]
)
def test_a_part_that_finds_nothing_is_told(code: str, problem: str) -> None:
    assert measure([sys.executable, "-c", code], seconds=60).problem == problem


def test_what_does_not_end_is_interrupted(tmp_path: Path) -> None:
    outcome = measure([sys.executable, "-c", STOPPABLE, str(tmp_path / "interrupted")], seconds=5)
    assert outcome.problem == "did not end within 5 s"
    assert (tmp_path / "interrupted").exists()


async def test_what_cannot_be_interrupted_is_killed_with_what_it_started(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    outcome = measure([sys.executable, "-c", UNSTOPPABLE, str(pid_file)], seconds=5, grace_seconds=0.2)
    assert outcome.problem == "did not end within 5 s"
    pid = int(pid_file.read_text())
    # The signal was sent; the system ends the process in its own time.
    await eventually(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)


def test_sizes_are_given_by_name() -> None:
    assert given(Sizes(), ["seconds=2", "orders=7"]) == Sizes(7, 2.0)
    for wrong in ("weeks=1", "orders=many", "orders"):
        with pytest.raises(SystemExit, match=wrong):
            given(Sizes(), [wrong])


def test_a_ratio_is_of_what_was_measured_not_of_what_is_shown() -> None:
    figures = {"quick": entry(0.04, 0.16, "s"), "alone": entry(None, None, "did not end within 5 s")}
    assert figures["quick"] == {"ours": 0.0, "bare": 0.2, "ratio": 0.25, "unit": "s"}
    assert table(figures).splitlines()[-1].endswith("did not end within 5 s")

"""`make any-day`: runs the suite, the demo and the chaos run under moved clocks, and says which of them fell."""

import re
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from local.errors import LocalError
from local.workspace import find_root

from any_day import clock
from any_day.runs import RUNS, SUITE, Run

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

_TELLING = re.compile(r"^(FAILED|ERROR) |^=+ .*\d+ (passed|failed|error).* in |^\d+ passed.* in |^\{.*\}$")


@dataclass(frozen=True)
class Ended:
    """A run that was made, and the lines of its log that say how it ended."""

    run: Run
    code: int
    minutes: float
    log: Path
    telling: list[str]


@cli.command()
def any_day(
    names: Annotated[list[str] | None, typer.Argument(help=f"Of {', '.join(run.name for run in RUNS)}; all.")] = None,
    moment: Annotated[str, typer.Option(help="Instead: a moment such as '2027-12-31 23:50:00 Europe/Moscow'.")] = "",
    zone: Annotated[str, typer.Option(help="The machine's zone at that moment.")] = "Pacific/Kiritimati",
    pytest_args: Annotated[str, typer.Option(help="What of the suite to run, in pytest's words.")] = "",
) -> None:
    """Run with clocks moved, one run after another; ends with code 0 only if all passed."""
    try:
        runs = _wanted(names or [], moment, zone)
        root = find_root()
        preloaded = clock.library(root, _say)
        clock.own_servers(root, _say)
        _check(preloaded, runs[0])
        ended = [_run(each, preloaded, root, shlex.split(pytest_args)) for each in runs]
    except LocalError as error:
        print(f"any-day: {error}", file=sys.stderr)
        raise typer.Exit(2) from error
    _say("")
    for each in ended:
        verdict = "passed" if each.code == 0 else f"FAILED ({each.code})"
        _say(
            f"{each.run.name:15} {each.run.moment} {each.run.zone:20} {verdict:12} {each.minutes:5.1f} min  {each.log}"
        )
        for line in each.telling:
            _say(f"    {line}")
    raise typer.Exit(0 if all(each.code == 0 for each in ended) else 1)


def _wanted(names: list[str], moment: str, zone: str) -> Sequence[Run]:
    if moment:
        return [Run("given", moment, zone, SUITE)]
    known = {run.name: run for run in RUNS}
    if unknown := set(names) - set(known):
        raise LocalError(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return [run for run in RUNS if not names or run.name in names]


def _check(preloaded: Path, run: Run) -> None:
    at = run.at
    _say(f"all clocks stand at {run.moment}:\n" + clock.check(clock.environment(preloaded, at, run.zone), at))


def _run(run: Run, preloaded: Path, root: Path, pytest_args: Sequence[str]) -> Ended:
    log = root / ".local" / "any-day" / f"{run.name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, *run.command]
    if run.command is SUITE:
        command = ["sh", "tests/support/run.sh", sys.executable, *pytest_args]
    clock.zone(run.zone)
    env = clock.environment(preloaded, run.at, run.zone) | {"UNMEASURED": "1", "PROMETHEUS": "off"}
    _say(f"\n{run.name}: {run.moment}, TZ={run.zone}; follow {log}")
    began = time.monotonic()
    with log.open("wb") as output:
        ended = subprocess.run(command, env=env, cwd=root, stdout=output, stderr=subprocess.STDOUT, check=False)
    minutes = (time.monotonic() - began) / 60
    telling = [line for line in log.read_text(errors="replace").splitlines() if _TELLING.search(line)]
    _say(f"{run.name}: {'passed' if ended.returncode == 0 else 'FAILED'} after {minutes:.1f} min")
    return Ended(run, ended.returncode, minutes, log, telling)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    cli()

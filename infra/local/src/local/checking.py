"""Configuration files, each read by the program that it is for, before that program refuses to start with it."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from local import alertmanager, programs, prometheus
from local.compose import read_env
from local.errors import LocalError
from local.kind import Binaries

Find = Callable[[str], Binaries | None]
"""The folder with the programs of a Debian package; None where they are not."""


@dataclass(frozen=True)
class Check:
    """Files of the workspace, and the command of a package that reads one of them."""

    files: str
    package: str
    command: tuple[str, ...]


CHECKS = (
    Check("infra/observability/prometheus.yml", prometheus.NAME, ("promtool", "check", "config", "--syntax-only")),
    Check("infra/observability/rules/*.yml", prometheus.NAME, ("promtool", "check", "rules")),
    Check("infra/observability/alertmanager.yml", alertmanager.PACKAGE, ("amtool", "check-config")),
    Check("infra/docker/haproxy.cfg", "haproxy", ("haproxy", "-c", "-f")),
)
SAYS_NOTHING = re.compile(
    r"\[NOTICE\]|amtool: error: failed to validate|.*(SUCCESS|Fatal errors found|Error\(s\) found)"
)
BEFORE = re.compile(r"^Checking \S+\s*|^\s*FAILED:\s*|^\[ALERT\]\s*\(\d+\) : ")
"""What stands in a line before what is wrong."""


def problems(root: Path, find: Find) -> Iterator[str]:
    """A line for each file that its program refuses: its path, and what the program says of it."""
    for check in CHECKS:
        binaries = find(check.package)
        if binaries is not None:
            for path in sorted(root.glob(check.files)):
                if said := _refusal(check, binaries, path):
                    yield f"{path.relative_to(root)}: {said}"
    try:
        read_env(root / ".env")
    except LocalError as error:
        yield str(error)


def unread(find: Find) -> list[str]:
    """The packages without which files are not checked."""
    return sorted({check.package for check in CHECKS if find(check.package) is None})


def found_in(root: Path) -> Find:
    """Looks on this machine and among what was fetched for `root`, and fetches nothing."""
    return lambda package: programs.find(package, root)


def _refusal(check: Check, binaries: Binaries, path: Path) -> str:
    program, *words = check.command
    answer = subprocess.run(
        [binaries.folder / program, *words, path],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | binaries.env | {"TLS_CERTIFICATE": ""},
        timeout=60,
    )
    if answer.returncode == 0:
        return ""
    lines = (answer.stdout + answer.stderr).replace(f"{path}:", "").splitlines()
    said = [BEFORE.sub("", BEFORE.sub("", line)) for line in lines if not SAYS_NOTHING.match(line)]
    return " ".join(" ".join(said).split()) or f"{program} ended with code {answer.returncode}"

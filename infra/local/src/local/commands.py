"""One-off commands of the platform's packages, run to their end."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from local.errors import LocalError


def module_command(*words: str) -> list[str]:
    """`python -m …` with this interpreter; the current folder is kept off the import path."""
    return [sys.executable, "-P", "-m", *words]


def run_module(*words: str, env: Mapping[str, str], cwd: Path) -> str:
    """Runs `python -m …` and returns its standard output; raises LocalError with its last words when it fails."""
    answer = subprocess.run(
        module_command(*words),
        env=dict(env),
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if answer.returncode != 0:
        said = "\n".join((answer.stderr or answer.stdout).strip().splitlines()[-15:])
        raise LocalError(f"`python -m {' '.join(words)}` ended with code {answer.returncode}:\n{said}")
    return answer.stdout

"""Known holes in what the lock names, asked of the service of vulnerabilities by pip-audit."""

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KNOWN_BAD = "jinja2==2.4.1"
"""Has holes that every service of vulnerabilities knows: one that finds none was not reached, or knows nothing."""


class NotAudited(Exception):
    """Nothing can be said of any package."""


@dataclass(frozen=True)
class Hole:
    """One that is known."""

    package: str
    id: str
    fixed_in: tuple[str, ...]


def audit(pip_audit: Path, lock: Path, service: str) -> list[Hole]:
    """Those of everything that the lock pins.

    Raises:
        NotAudited: the service is not reached, or does not answer for every package.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as known_bad:
        known_bad.write(f"{KNOWN_BAD}\n")
        known_bad.flush()
        if not _asked(pip_audit, Path(known_bad.name), service):
            raise NotAudited(f"it knows of no hole in {KNOWN_BAD}, which has some")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pinned:
        lines = lock.read_text().splitlines(keepends=True)
        pinned.write("".join(line for line in lines if not line.startswith("-e ")))
        pinned.flush()
        return _asked(pip_audit, Path(pinned.name), service)


def _asked(pip_audit: Path, requirements: Path, service: str) -> list[Hole]:
    words = (
        pip_audit,
        "-r",
        requirements,
        "--no-deps",
        "--disable-pip",
        "-s",
        service,
        "-f",
        "json",
        "--progress-spinner",
        "off",
    )
    ended = subprocess.run(words, capture_output=True, text=True, check=False, timeout=900)
    try:
        found: dict[str, Any] = json.loads(ended.stdout)
    except json.JSONDecodeError:
        raise NotAudited((ended.stderr.strip().splitlines() or ["it said nothing"])[-1]) from None
    return read(found)


def read(found: dict[str, Any]) -> list[Hole]:
    """The holes in an answer of pip-audit.

    Raises:
        NotAudited: the service did not answer for some package, which pip-audit by itself takes for well.
    """
    skipped = [each["name"] for each in found["dependencies"] if "skip_reason" in each]
    if skipped:
        raise NotAudited(f"it did not answer for {len(skipped)} packages, such as {skipped[0]}")
    return [
        Hole(f"{each['name']} {each['version']}", hole["id"], tuple(hole["fix_versions"]))
        for each in found["dependencies"]
        for hole in each["vulns"]
    ]

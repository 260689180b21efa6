"""What the locks name: every package that is installed, and which of them go into images."""

import re
from dataclasses import dataclass
from pathlib import Path

_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True)
class Locked:
    """A package of the lock."""

    name: str
    """As the lock writes it: lower case, with hyphens."""
    version: str
    """Several, where they differ by Python's version."""
    images: tuple[str, ...]
    """Those that install it; none: it is used to develop and test."""


def locked(root: Path) -> list[Locked]:
    """Every package of `requirements.lock`, by name; our own, which are editable, are none."""
    shipped = {path.stem: set(_read(path)) for path in sorted((root / "infra/docker").glob("*.lock"))}
    return [
        Locked(name, version, tuple(image for image, names in shipped.items() if name in names))
        for name, version in sorted(_read(root / "requirements.lock").items())
    ]


def _read(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in _PINNED.finditer(path.read_text()):
        found[each["name"]] = ", ".join(filter(None, (found.get(each["name"]), each["version"])))
    return found

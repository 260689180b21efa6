"""What the three servers have in common, as a record of functions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.errors import LocalError
from local.instance import Instance

Progress = Callable[[str], None]  # gets a line a person may read


@dataclass(frozen=True)
class Binaries:
    """The folder with a server's programs, and the environment they need to run from there."""

    folder: Path
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Image:
    """A container image of a server: the port inside and the environment that sets its password."""

    name: str
    port: int
    env: Callable[[str], Mapping[str, str]]
    command: Callable[[str], str]


@dataclass(frozen=True)
class Kind:
    """One kind of server: how it is found, started, asked and stopped."""

    name: str
    title: str
    variable: str
    package: str
    image: Image
    find: Callable[[Path], Binaries | None]  # below a prefix: "/" or the root of extracted packages
    url: Callable[[str, int], str]  # of a password and a port of 127.0.0.1
    probe: Callable[[str], None]  # raises OSError or LocalError when nothing of that kind answers at the URL
    start: Callable[[Binaries, Instance], str]
    stop: Callable[[Instance], None]


def is_up(probe: Callable[[str], None], url: str) -> bool:
    """Whether a server answers its probe."""
    try:
        probe(url)
    except (OSError, LocalError):
        return False
    return True

"""Where one server comes from, tried in order.

A URL in the environment; a private server from programs on this machine; a container where a Docker engine
answers; a private server from unpacked Debian packages.
"""

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from local import debian
from local.errors import LocalError, MissingServerError
from local.instance import Instance
from local.kind import Binaries, Kind, Progress

if TYPE_CHECKING:
    from local.containers import Containers

GIVEN, PRIVATE, CONTAINER = "given", "private", "container"
READY_SECONDS = 60


def obtain(kind: Kind, instance: Instance, engine: "Containers", progress: Progress) -> tuple[str, str]:
    """Where the server comes from ("given", "private" or "container") and its URL, once it answers there.

    Raises MissingServerError when it cannot be had in any way, LocalError when the one found does not answer.
    """
    if given := os.environ.get(kind.variable):
        try:
            kind.probe(given)
        except (OSError, LocalError) as error:
            raise LocalError(f"{kind.variable} is set, but {kind.title} does not answer there: {error}") from error
        return GIVEN, given
    binaries = binaries_of(kind, instance)
    if binaries is None and engine.available():
        url = engine.start(kind, instance)
        _wait_for(kind, url)
        return CONTAINER, url
    if binaries is None and debian.available():
        try:
            debian.fetch(kind.package, _packages(instance), progress)
        except LocalError as error:
            raise MissingServerError(f"{_advice(kind)} ({error})") from error
        binaries = binaries_of(kind, instance)
    if binaries is None:
        raise MissingServerError(_advice(kind))
    return PRIVATE, kind.start(binaries, instance)


def is_given(kind: Kind) -> bool:
    """Whether the server was given by its URL."""
    return bool(os.environ.get(kind.variable))


def binaries_of(kind: Kind, instance: Instance) -> Binaries | None:
    """The server's programs: of this machine or of packages unpacked before."""
    return kind.find(Path("/")) or kind.find(debian.unpacked(kind.package, _packages(instance)))


def _packages(instance: Instance) -> Path:
    return instance.root / ".local" / "debian"


def _advice(kind: Kind) -> str:
    return f"{kind.title} is missing: install {kind.package}, start Docker, or set {kind.variable}"


def _wait_for(kind: Kind, url: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            kind.probe(url)
        except (OSError, LocalError) as error:
            if time.monotonic() > deadline:
                raise LocalError(f"the container of {kind.title} does not answer: {error}") from error
            time.sleep(0.1)
        else:
            return

"""Where things lie: the root of the workspace and the folders under its `.local`."""

import fcntl
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.errors import LocalError


def find_root(start: Path | None = None) -> Path:
    """The nearest folder at or above `start` (the current one) whose pyproject.toml declares the workspace.

    Raises LocalError when there is none.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        pyproject = folder / "pyproject.toml"
        if pyproject.is_file():
            tool = tomllib.loads(pyproject.read_text()).get("tool", {})
            if "workspace" in tool.get("uv", {}):
                return folder
    raise LocalError(f"no workspace at or above {start}: run this from the repository or pass --root")


@contextmanager
def locked(path: Path, otherwise: str | None = None) -> Iterator[None]:
    """Holds `path` as an exclusive lock between processes; it goes with the process that holds it.

    Waits for whoever holds it; raises LocalError with what `otherwise` says instead, if it says something.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if otherwise is None else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalError(str(otherwise)) from None
        yield

"""Programs that are a convenience, of this machine or of an unpacked Debian package: their lack stops nothing."""

import os
import shutil
from pathlib import Path

from local import debian
from local.errors import LocalError
from local.kind import Binaries, Progress

FOLDERS = ("usr/bin", "usr/sbin")


def find(package: str, root: Path) -> Binaries | None:
    """The folder of the program that is named like its package."""
    unpacked = debian.unpacked(package, root / ".local" / "debian")
    for prefix, path in ((Path("/"), None), (unpacked, os.pathsep.join(str(unpacked / each) for each in FOLDERS))):
        if found := shutil.which(package, path=path):
            return Binaries(Path(found).parent, debian.environment(prefix))
    return None


def find_or_fetch(package: str, root: Path, progress: Progress) -> Binaries | None:
    """As `find`, and fetched from Debian where it is not there; none, and why, where it cannot be had."""
    found = find(package, root)
    if found is not None:
        return found
    if not debian.available():
        progress(f"no {package}: install the package of that name")
        return None
    try:
        debian.fetch(package, root / ".local" / "debian", progress)
    except LocalError as error:
        progress(f"no {package}: {error}")
        return None
    return find(package, root)

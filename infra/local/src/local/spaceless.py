"""A path without spaces to a folder whose own path has some: RabbitMQ's scripts split words at them."""

import hashlib
import os
import tempfile
from pathlib import Path

from local.errors import LocalError


def spaceless(folder: Path) -> Path:
    """`folder` itself when nothing in its path is a space, otherwise a lasting link to it below /tmp.

    Raises LocalError when the link's place is taken by something that is not ours.
    """
    if not any(character.isspace() for character in str(folder)):
        return folder
    link = _link(folder)
    if not link.is_symlink():
        link.symlink_to(folder, target_is_directory=True)
    if not _is_ours(link, folder):
        raise LocalError(f"{link} is not ours: remove it, or use a workspace without spaces in its path")
    return link


def forget(folder: Path) -> None:
    """Removes the link to `folder` if there is one."""
    link = _link(folder)
    if link.is_symlink() and _is_ours(link, folder):
        link.unlink()


def _link(folder: Path) -> Path:
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"pulse-{os.geteuid()}-{digest}"


def _is_ours(link: Path, folder: Path) -> bool:
    return link.readlink() == folder and link.lstat().st_uid == os.geteuid()

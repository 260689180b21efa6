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
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    link = Path(tempfile.gettempdir()) / f"pulse-{os.geteuid()}-{digest}"
    if not link.is_symlink():
        link.symlink_to(folder, target_is_directory=True)
    if link.readlink() != folder or link.lstat().st_uid != os.geteuid():
        raise LocalError(f"{link} is not ours: remove it, or use a workspace without spaces in its path")
    return link

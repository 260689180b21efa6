"""Packages of npm that tests drive, installed once for each lock into `.local`."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

_LOCAL = Path(__file__).parents[2] / ".local"


def installed(source: Path, files: tuple[str, ...]) -> Path:
    """A folder with copies of `files` of `source` (a locked package.json among them) and the packages."""
    digest = hashlib.sha256(b"".join((source / name).read_bytes() for name in files)).hexdigest()[:16]
    place = _LOCAL / source.name.replace("_", "-")
    folder = place / digest
    place.mkdir(parents=True, exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "installed").exists():
            folder.mkdir(exist_ok=True)
            for name in files:
                shutil.copy(source / name, folder / name)
            path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
            command = [program("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
            done = subprocess.run(
                command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr
            (folder / "installed").touch()
    return folder


def program(name: str) -> str:
    """`node` or `npm` of this environment."""
    return str(Path(sys.executable).parent / name)

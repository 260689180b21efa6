"""A named set of private servers: its folder, its passwords, its ports."""

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from local.ports import free_port, is_free


@dataclass(frozen=True)
class Instance:
    """`.local/<name>`: everything that belongs to one named set of servers and survives a restart.

    `ephemeral` servers give up durability for speed: they are for tests.
    """

    name: str
    root: Path
    ephemeral: bool = False
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    @property
    def folder(self) -> Path:
        return self.root / ".local" / self.name

    def server_folder(self, server: str) -> Path:
        """The folder of one server, made when missing."""
        folder = self.folder / server
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def log(self, process: str) -> Path:
        """The log file of one process, its folder made when missing."""
        folder = self.folder / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{process}.log"

    def secret(self, key: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(24)) -> str:
        """What is kept under `key` in secrets.json, made the first time: a random password unless told otherwise."""
        with self._lock:
            kept = read_json(self.folder / "secrets.json")
            if key not in kept:
                kept[key] = make()
                write_private_json(self.folder / "secrets.json", kept)
            return str(kept[key])

    def port(self, key: str, preferred: int | None = None) -> int:
        """A free port, remembered under `key`: the preferred one, else that of last time, else a new one."""
        with self._lock:
            kept = read_json(self.folder / "ports.json")
            port = preferred if preferred and is_free(preferred) else free_port(kept.get(key))
            if kept.get(key) != port:
                write_private_json(self.folder / "ports.json", kept | {key: port})
            return port

    def last_port(self, key: str) -> int:
        """The port given out last under `key`; raises KeyError when none was."""
        return self.ports()[key]

    def ports(self) -> dict[str, int]:
        """Those given out last, by their keys."""
        return {key: int(port) for key, port in read_json(self.folder / "ports.json").items()}


def read_json(path: Path) -> dict[str, Any]:
    """The object in `path`; empty when there is no such file."""
    return dict(json.loads(path.read_text())) if path.exists() else {}


def write_private_json(path: Path, content: object) -> None:
    """Replaces `path` in one step; only its owner may read it."""
    write_private(path, json.dumps(content, indent=1))


def write_private(path: Path, text: str) -> None:
    """Replaces `path` in one step; only its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)

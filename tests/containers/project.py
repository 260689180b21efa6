"""A copy of the files that the platform runs from in containers, with an .env of its own."""

import shutil
import subprocess
from pathlib import Path

import yaml
from local import compose
from local.environments import caller_environment

FILES = ("docker-compose.yml", ".dockerignore", "infra", "contracts", "services", "clients")


def copy(root: Path, folder: Path) -> Path:
    """The tracked and new files of `FILES`, and secrets for the profile `sim`; what was kept from before goes on."""
    folder.mkdir(parents=True, exist_ok=True)
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *FILES]
    names = subprocess.run(listed, cwd=root, capture_output=True, text=True, check=True).stdout.split("\0")
    for top in FILES:
        if (folder / top).is_dir():
            shutil.rmtree(folder / top)
    for name in filter(None, names):
        if (root / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, folder / name)
    asked = {"COMPOSE_PROFILES": "sim", "SYNC_INTERVAL": "0.2", "WB_RATE_LIMIT": "20"}
    compose.write_env(folder, caller_environment(asked))
    _plain(folder / "docker-compose.yml")
    return folder


def _plain(file: Path) -> None:
    """Leaves out what the compose of Debian's package does not know; the name is said to it otherwise."""
    stated = yaml.safe_load(file.read_text())
    kept = {name: value for name, value in stated.items() if name != "name" and not name.startswith("x-")}
    file.write_text(yaml.safe_dump(kept, sort_keys=False))

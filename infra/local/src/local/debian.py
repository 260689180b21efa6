"""Debian packages used without installing them: downloaded, unpacked into `.local/debian`, run from there.

apt works on directories of our own, so nothing of the system changes, no daemon is started by an
installation script, and an ordinary user can do it.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from local.errors import LocalError
from local.workspace import locked


def available() -> bool:
    """Whether this machine has Debian's tools for fetching and unpacking packages."""
    return all(shutil.which(tool) for tool in ("apt-get", "dpkg-deb"))


def unpacked(package: str, folder: Path) -> Path:
    """Where `fetch` unpacks a package with its dependencies; exists only once that is complete."""
    return folder / package


def fetch(package: str, folder: Path, progress: Callable[[str], None]) -> Path:
    """Downloads `package` and those of its dependencies that are not installed, unpacks them, returns the root.

    Tries the system's package lists first, then lists of our own brought up to date. Raises LocalError.
    """
    root = unpacked(package, folder)
    with locked(folder / "lock"):
        if not root.exists():
            archives = _download(package, folder, progress)
            draft = root.with_suffix(".draft")
            shutil.rmtree(draft, ignore_errors=True)
            draft.mkdir()
            for archive in archives:
                subprocess.run(["dpkg-deb", "-x", archive, draft], check=True)
            _relocate_erlang(draft)
            draft.rename(root)
    return root


def environment(root: Path) -> Mapping[str, str]:
    """What programs unpacked below `root` need to find their libraries and each other; empty for "/"."""
    if root == Path("/"):
        return {}
    libraries = sorted({str(path.parent) for path in root.glob("**/lib/**/*.so*") if "erlang" not in path.parts})
    programs = [root / "usr/lib/erlang/bin", root / "usr/bin", root / "usr/sbin"]
    env = {"PATH": ":".join([*map(str, programs), os.environ.get("PATH", os.defpath)])}
    if libraries:
        env["LD_LIBRARY_PATH"] = ":".join([*libraries, *filter(None, [os.environ.get("LD_LIBRARY_PATH")])])
    if not (root / "usr/lib/erlang/bin/erl").exists():
        env["ERL_LIBS"] = str(root / "usr/lib/erlang/lib")  # Erlang itself is installed, some libraries are not
    return env


def _download(package: str, folder: Path, progress: Callable[[str], None]) -> list[Path]:
    archives = folder / "archives" / package
    (archives / "partial").mkdir(parents=True, exist_ok=True)
    install = ["install", "--download-only", "--no-install-recommends", package]
    progress(f"fetching {package} and what it needs from Debian")
    answer = _apt(folder, archives, None, *install)
    if answer.returncode != 0:
        progress("updating the package lists")
        lists = folder / "lists"
        (lists / "partial").mkdir(parents=True, exist_ok=True)
        answer = _apt(folder, archives, lists, "update")
        if answer.returncode == 0:
            answer = _apt(folder, archives, lists, *install)
    if answer.returncode != 0:
        reason = (answer.stderr.strip() or answer.stdout.strip()).splitlines()[-1:]
        raise LocalError(f"Debian's package {package} could not be fetched: {' '.join(reason)}")
    return sorted(archives.glob("*.deb"))


def _apt(folder: Path, archives: Path, lists: Path | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    settings = {
        "Dir::Cache": folder / "cache",
        "Dir::Cache::archives": archives,
        "Debug::NoLocking": "true",
        "APT::Sandbox::User": "root",  # the user _apt could not write here
        "Acquire::Retries": "3",
    }
    if lists:
        settings["Dir::State::lists"] = lists
    (folder / "cache").mkdir(exist_ok=True)
    config = folder / "apt.conf"
    # Hooks of the system's configuration would act on the system's own directories.
    hooks = ["APT::Update::Pre-Invoke", "APT::Update::Post-Invoke", "APT::Update::Post-Invoke-Success"]
    config.write_text(
        "".join(f"#clear {hook};\n" for hook in hooks)
        + "".join(f'{key} "{value}";\n' for key, value in settings.items())
    )
    return subprocess.run(
        ["apt-get", "-c", config, "-q", "-y", *arguments],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"},
    )


def _relocate_erlang(root: Path) -> None:
    """Lets `erl` find its own folder: Debian's script names /usr/lib/erlang."""
    script = root / "usr/lib/erlang/bin/erl"
    if script.exists():
        moved = script.read_text().replace("ROOTDIR=/usr/lib/erlang", 'ROOTDIR=`cd "$(dirname "$0")/.." && pwd`')
        script.write_text(moved)

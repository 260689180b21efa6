"""A restore: a copy, the changes since it up to a moment, and a server on them that takes writes again."""

import json
import os
import shlex
import shutil
import tarfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from local import finding, platform, postgres, processes, servers
from local.backup import archive, folders
from local.backup.folders import COPY, DRAFT, SECRETS, Base
from local.backup.postgres_client import ask, programs
from local.backup.taking import verify
from local.errors import LocalError
from local.instance import Instance, read_json, write_private_json
from local.kind import Progress
from local.postgres import POSTGRES
from local.prepare import RECEIVERS, key_name

REPLACED = "replaced"
POLL_SECONDS = 0.05
TOLD_SECONDS = 2.0
_SETTINGS = ("restore_command", "recovery_target_time", "recovery_target_action")


@dataclass(frozen=True)
class Restored:
    """What came back: from which copy, up to the commit of which time (none: nothing was written since the copy)."""

    base: Base
    until: datetime | None
    seconds: float


def restore(
    instance: Instance, source: Path, *, at: datetime | None = None, force: bool = False, progress: Progress
) -> Restored:
    """Put the private servers of `instance` back to `at`, or to the last change in the archive; PostgreSQL runs then.

    What the three servers had is put aside in `replaced`, where the time before it is deleted. Queues and cache begin
    empty: what they held is of another moment than the database.
    Raises LocalError, before anything is changed, when there is data and not `force`, when no copy is old enough, or
    when the copy is damaged.
    """
    began = time.monotonic()
    if finding.is_given(POSTGRES):
        raise LocalError("DATABASE_URL is set: make its data folder with INTO=<folder>, and start that server on it")
    base = choose(source, at)
    _refuse_the_living(instance, force)
    progress(f"verifying {base.folder}")
    verify(instance, base, progress)
    platform.stop(instance)
    servers.stop(instance.name, root=instance.root)
    archive.stop(instance)
    _put_aside(instance)
    take_secrets(instance, base)
    folder = instance.server_folder(POSTGRES.name)
    lay_out(base, folder / "data", at, progress)
    url = _start(instance)
    until = _until_promoted(instance, url, progress)
    for setting in _SETTINGS:
        ask(url, f"ALTER SYSTEM RESET {setting}")
    shutil.rmtree(_staged(folder / "data"))
    return Restored(base, until, time.monotonic() - began)


def choose(source: Path, at: datetime | None) -> Base:
    """The newest copy that can be restored to `at`. Raises LocalError when there is none."""
    found = folders.bases(source)
    if not found:
        raise LocalError(f"there is no backup in {source}")
    fit = [base for base in found if at is None or base.finished_at <= at]
    if not fit:
        raise LocalError(f"the oldest backup in {source} begins at {found[0].finished_at.astimezone(UTC).isoformat()}")
    if at is not None and at > datetime.now(UTC):
        raise LocalError(f"{at.isoformat()} has not come yet")
    return fit[-1]


def lay_out(base: Base, data: Path, at: datetime | None, progress: Progress) -> None:
    """Make a data folder that a server of the same version recovers from when it is started.

    It belongs to whom the private server runs as. Raises LocalError when something lies there already.
    """
    if data.exists():
        raise LocalError(f"{data} exists: what lies there is not overwritten")
    progress(f"unpacking {base.bytes / 1e6:.0f} MB")
    data.mkdir(mode=0o700, parents=True)
    for archived, into in (("base.tar.gz", data), ("pg_wal.tar.gz", data / "pg_wal")):
        with tarfile.open(base.folder / COPY / archived) as packed:
            packed.extractall(into, filter="data")
    staged = _staged(data)
    staged.mkdir(mode=0o700)
    needed = folders.needed(base)
    for name in needed:
        shutil.copyfile(base.line.wal / name, staged / name.removesuffix(".partial"))
    progress(f"{len(needed)} archived segments follow the copy")
    settings = {"restore_command": f"cp {shlex.quote(str(staged.resolve())).replace('%', '%%')}/%f %p"}
    if at is not None:
        settings |= {"recovery_target_time": at.astimezone(UTC).isoformat(), "recovery_target_action": "promote"}
    with (data / "postgresql.auto.conf").open("a") as file:
        for name, said in settings.items():
            file.write("{} = '{}'\n".format(name, said.replace("'", "''")))
    (data / "recovery.signal").touch()
    for top in (data, staged):
        within = (Path(folder) / name for folder, inner, files in os.walk(top) for name in inner + files)
        postgres.give_away(top, *within)


def _refuse_the_living(instance: Instance, force: bool) -> None:
    data = instance.folder / POSTGRES.name / "data"
    if force or not data.exists():
        return
    state = servers.status(instance)[POSTGRES.name]
    raise LocalError(f"{data} has a database ({state}): FORCE=1 puts it aside and restores in its place")


def _put_aside(instance: Instance) -> None:
    aside = instance.folder / REPLACED
    shutil.rmtree(aside, ignore_errors=True)
    for kind in servers.KINDS:
        if (there := instance.folder / kind.name).exists():
            aside.mkdir(exist_ok=True)
            there.rename(aside / kind.name)


def take_secrets(instance: Instance, base: Base) -> None:
    """Secrets here go on, but for the database's own password, which is in its data; what is missing is the copy's.

    Of keys that open what is sealed those of the line's copies go on behind those here: rows may be sealed to any.
    """
    path = instance.folder / "secrets.json"
    kept, here = read_json(base.folder / SECRETS), read_json(path)
    if POSTGRES.name not in kept | here:
        raise LocalError(f"{base.folder} was made without secrets: put secrets.json of that time to {path} first")
    own = {POSTGRES.name: kept[POSTGRES.name]} if POSTGRES.name in kept else {}
    later = sorted(base.line.folder.glob(f"*/{SECRETS}"), reverse=True)
    opening = [here, *(read_json(file) for file in later if file.parent.suffix != DRAFT), kept]
    write_private_json(path, kept | here | own | _keys_that_open(opening))


def _keys_that_open(kept: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """For each receiver the first public key, and all private keys in this order: rows may be sealed to any of them."""
    found = {}
    for receiver in RECEIVERS:
        pairs = [json.loads(each[key_name(receiver)]) for each in kept if key_name(receiver) in each]
        if pairs:
            private = dict.fromkeys(key for pair in pairs for key in pair["private_key"].split(","))
            pair = {"public_key": pairs[0]["public_key"], "private_key": ",".join(private)}
            found[key_name(receiver)] = json.dumps(pair)
    return found


def _start(instance: Instance) -> str:
    try:
        return postgres.start(programs(instance), instance)
    except LocalError as error:
        raise _unreached(instance) or error from error


def _until_promoted(instance: Instance, url: str, progress: Progress) -> datetime | None:
    told = time.monotonic()
    while True:
        try:
            row = ask(url, "SELECT pg_is_in_recovery() AS recovering, pg_last_xact_replay_timestamp() AS until")
        except LocalError:
            if processes.running(instance.folder / POSTGRES.name / "process.json") is None:
                words = processes.tail(instance.log(POSTGRES.name))
                raise _unreached(instance) or LocalError(f"the recovery ended:\n{words}") from None
            row = None
        if row is not None and not row["recovering"]:
            until: datetime | None = row["until"]
            return until
        if time.monotonic() - told > TOLD_SECONDS:
            told = time.monotonic()
            progress(f"recovered up to {row['until'] if row else 'the copy'}")
        time.sleep(POLL_SECONDS)


def _unreached(instance: Instance) -> LocalError | None:
    words = processes.tail(instance.log(POSTGRES.name), 40)
    if "before configured recovery target was reached" not in words:
        return None
    last = [line.rpartition("log time ")[2] for line in words.splitlines() if "last completed transaction" in line]
    end = f"the archive ends with the commit of {last[-1]}" if last else "nothing was archived after the copy"
    return LocalError(f"{end}: leave AT out to restore all of it")


def _staged(data: Path) -> Path:
    return data.with_name("archived-wal")

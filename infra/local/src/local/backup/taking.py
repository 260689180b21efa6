"""A backup: a whole copy, verified, with the archive of what follows it running."""

import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from local import finding, rabbitmq, servers
from local.backup import archive, folders
from local.backup.folders import BROKER, COPY, DRAFT, SECRETS, Base
from local.backup.postgres_client import ask, connection, programs, run
from local.errors import LocalError
from local.finding import CONTAINER, PRIVATE, binaries_of
from local.instance import Instance, read_json, write_private_json
from local.kind import Progress
from local.postgres import POSTGRES
from local.rabbitmq import RABBITMQ
from local.workspace import locked

KEEP = 7
"""Whole copies that stay."""


@dataclass(frozen=True)
class Taken:
    """What a backup came to."""

    base: Base
    seconds: float
    pruned: int


def take(instance: Instance, folder: Path, *, keep: int = KEEP, with_secrets: bool = True, progress: Progress) -> Taken:
    """Copy every database of the server into `folder`, verify the copy, and archive every change from now on.

    One server holds the databases of all services, and a copy is of one moment: they agree with one another.
    Raises LocalError when the server does not run or refuses; then nothing in the folder counts as a backup.
    """
    began = time.monotonic()
    url = server_url(instance)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(folder / "lock"):
        line = archive.of_server(folder, url) or archive.begin(folder, url)
        archive.receive(instance, line, url)
        made = line.folder / folders.stamp(folders.now())
        draft = made.with_name(made.name + DRAFT)
        draft.mkdir(mode=0o700)
        _copy(instance, url, draft, progress)
        if with_secrets:
            write_private_json(draft / SECRETS, read_json(instance.folder / "secrets.json"))
        _keep_definitions(instance, draft, progress)
        archive.wait_until_received(instance, line, url)
        row = ask(
            url,
            "SELECT pg_size_bytes(current_setting('wal_segment_size')) AS segment, version() AS version, now() AS at",
        )
        if row is None:
            raise LocalError("the server said nothing of itself")
        size = sum(file.stat().st_size for file in (draft / COPY).iterdir())
        begins_with = folders.first_segment(draft, row["segment"])
        folders.describe(Base(draft, row["at"], begins_with, row["segment"], row["version"], size))
        draft.rename(made)
        pruned = folders.prune(folder, keep)
        (base,) = folders.bases(made)
    return Taken(base, time.monotonic() - began, len(pruned))


def verify(instance: Instance, base: Base, progress: Progress) -> None:
    """Compare every file of a copy with its manifest, and look for gaps in the archive behind it.

    Raises LocalError that names what is damaged or missing.
    """
    _verify(instance, base.folder, progress)
    folders.needed(base)


def server_url(instance: Instance) -> str:
    """The administrator's URL of the server that runs. Raises LocalError when none does."""
    state = servers.status(instance)[POSTGRES.name] if instance.folder.exists() else "stopped"
    if state == "stopped" and not finding.is_given(POSTGRES):
        raise LocalError("the database is not running: make up")
    engine = servers.docker()
    return finding.obtain(POSTGRES, instance, engine, lambda _: None)[1]


def _copy(instance: Instance, url: str, draft: Path, progress: Progress) -> None:
    bare, secret = connection(url)
    options: list[str | Path] = ["--pgdata", draft / COPY, "--dbname", bare, "--no-password", "--progress"]
    options += ["--format=tar", "--gzip", "--wal-method=stream", "--checkpoint=fast", "--manifest-checksums=SHA256"]
    options += ["--no-sync"] if instance.ephemeral else []
    try:
        run(programs(instance), "pg_basebackup", *options, env=secret, progress=progress)
        _verify(instance, draft, progress)
    except BaseException:
        shutil.rmtree(draft)
        raise


def _verify(instance: Instance, folder: Path, progress: Progress) -> None:
    try:
        run(programs(instance), "pg_verifybackup", "--no-parse-wal", folder / COPY, env={}, progress=progress)
    except LocalError as error:
        raise LocalError(f"{folder} is damaged: {error}") from error


def _keep_definitions(instance: Instance, draft: Path, progress: Progress) -> None:
    """The broker's own definitions: everything that `servicekit topology` declares, users and policies beside it."""
    source = read_json(instance.folder / "sources.json").get(RABBITMQ.name)
    binaries = binaries_of(RABBITMQ, instance)
    if source == CONTAINER or source != PRIVATE or binaries is None:
        progress("the broker is not ours: export its definitions with rabbitmqctl export_definitions")
        return
    told = rabbitmq.control(binaries, instance, "export_definitions", "-", "--format", "json")
    write_private_json(draft / BROKER, json.loads(told))

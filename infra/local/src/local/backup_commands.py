"""`python -m local backup take|list|verify|stop`, `python -m local restore`."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from local import compose, servers
from local.backup import archive, folders, recovery, taking
from local.backup.restoring import choose, lay_out
from local.errors import LocalError
from local.instance import Instance
from local.up import NAME
from local.workspace import find_root

cli = typer.Typer(no_args_is_help=True, help="Whole copies of the database, and every change since.")

COMPOSE = "the platform runs under Docker Compose: docs/recovery.md says how it is backed up and restored there"

Folder = Annotated[Path | None, typer.Option(help="The folder of backups; `backups` in the workspace unless told.")]
Root = Annotated[Path | None, typer.Option(help="The workspace; found from the current folder upward.")]
Name = Annotated[str, typer.Option(help="The set of servers; that of `make up` unless told.")]


@cli.command()
def take(
    to: Folder = None,
    keep: Annotated[int, typer.Option(min=1, help="Copies that stay.")] = taking.KEEP,
    secrets: Annotated[bool, typer.Option(help="Keep passwords and keys beside the copy.")] = True,
    root: Root = None,
    name: Name = NAME,
) -> None:
    """Copy the database and go on archiving its changes."""
    instance = _instance(root, name)
    folder = to or _default(instance)
    taken = taking.take(instance, folder.resolve(), keep=keep, with_secrets=secrets, progress=_say)
    base = taken.base
    print(
        f"{base.folder}: {base.bytes / 1e6:.1f} MB in {taken.seconds:.1f} s, verified; {taken.pruned} old ones deleted"
    )
    print(f"restorable to any moment from {_utc(base.finished_at)} on, as long as its archive is received")


@cli.command("list")
def list_backups(to: Folder = None, root: Root = None, name: Name = NAME) -> None:
    """Every copy, and how the archive stands."""
    instance = _instance(root, name)
    folder = (to or _default(instance)).resolve()
    for base in folders.bases(folder):
        print(f"{base.folder}  from {_utc(base.finished_at)}  {base.bytes / 1e6:.1f} MB")
    url = taking.server_url(instance)
    line = archive.of_server(folder, url)
    if line is None:
        raise LocalError(f"nothing archives this server's changes in {folder}: make backup")
    state = archive.state_of(line, url)
    received = "is received" if state.is_received else "is NOT received: make backup starts it"
    print(f"{line.wal}  {received}, {state.behind_bytes} bytes behind")


@cli.command()
def verify(to: Folder = None, root: Root = None, name: Name = NAME) -> None:
    """Compare every copy with its manifest, and look for gaps in the archive behind it."""
    instance = _instance(root, name)
    for base in folders.bases((to or _default(instance)).resolve()):
        taking.verify(instance, base, lambda _: None)
        print(f"{base.folder} is as it was written")


@cli.command()
def stop(root: Root = None, name: Name = NAME) -> None:
    """Stop receiving; what the server writes meanwhile is received when it goes on."""
    archive.stop(_instance(root, name))


def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="A folder of backups, or one copy in it.")],
    at: Annotated[
        str | None, typer.Option(help="2026-11-20T12:30+03:00, UTC without a zone; else all there is.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="In place of a database that is there; it is put aside.")
    ] = False,
    into: Annotated[Path | None, typer.Option(help="Only make this data folder, for a server of your own.")] = None,
    root: Root = None,
    name: Name = NAME,
) -> None:
    """Put the platform's data back to a moment; `make up` starts it then."""
    moment = _moment(at)
    if into is not None:
        base = choose(source.resolve(), moment)
        taking.verify(_instance(root, name, compose_too=True), base, _say)
        lay_out(base, into.resolve(), moment, _say)
        print(f"{into}: start PostgreSQL {base.server_version.split()[1]} on it, and it recovers")
        return
    instance = _instance(root, name)
    told = recovery.recover(instance, source.resolve(), at=moment, force=force, progress=_say)
    until = _utc(told.restored.until) if told.restored.until else "the end of the copy"
    print(f"restored to {until} in {told.seconds:.1f} s; {told.republished[-1]}; make up starts the services")


def republish(
    since: Annotated[str | None, typer.Option(help="Events from then on, as --at; else of the last 7 days.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    root: Root = None,
    name: Name = NAME,
) -> None:
    """After a lost broker: declare its queues and users, and have published again what some consumer has not noted."""
    instance = _instance(root, name)
    taking.server_url(instance)
    running = servers.start(name, root=instance.root, progress=_say)
    moment = _moment(since)
    words = [*(["--dry-run"] if dry_run else []), *(["--since", moment.isoformat()] if moment else [])]
    recovery.declare(running, _say)
    for line in recovery.republish(running, *words):
        print(line)


def _instance(root: Path | None, name: str, *, compose_too: bool = False) -> Instance:
    if not compose_too and name == NAME and compose.available():
        raise LocalError(COMPOSE)
    return Instance(name, root or find_root())


def _default(instance: Instance) -> Path:
    return instance.root / "backups"


def _moment(said: str | None) -> datetime | None:
    if said is None:
        return None
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        raise LocalError(f"{said!r} is no time such as 2026-11-20T12:30+03:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)

"""Backups: what was written comes back, to its last change or to a moment, and what is damaged is not used."""

import asyncio
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import asyncpg
import pytest
from local import postgres, processes, servers
from local.backup import archive, folders
from local.backup.postgres_client import ask, programs, value
from local.backup.restoring import choose, lay_out, restore
from local.backup.taking import take, verify
from local.errors import LocalError
from local.instance import Instance
from local.own import own_name
from local.workspace import find_root

RECORD = "process.json"


def silent(_: str) -> None:
    return


@pytest.fixture
def instance(monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    """Only PostgreSQL."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    made = Instance(own_name("backed-up"), find_root(), ephemeral=True)
    postgres.start(programs(made), made)
    yield made
    archive.stop(made)
    servers.destroy(made.name)


def execute(url: str, *statements: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(url)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    asyncio.run(run())


def in_database(url: str, name: str) -> str:
    return url.rpartition("/")[0] + "/" + name


def numbers(url: str) -> dict[str, list[int]]:
    found = "SELECT array_agg(n ORDER BY n) FROM numbers"
    return {name: value(in_database(url, name), found) for name in ("postgres", "other")}


def add(url: str, n: int) -> datetime:
    for name in ("postgres", "other"):
        execute(in_database(url, name), f"INSERT INTO numbers VALUES ({n})")
    moment: datetime = value(url, "SELECT clock_timestamp()")
    return moment


def running_url(instance: Instance) -> str:
    return postgres.url(instance.secret("postgres"), instance.last_port("postgres"))


def lose(instance: Instance) -> None:
    """Everything that the server had, at once."""
    processes.kill(instance.folder / "postgres" / RECORD)
    shutil.rmtree(instance.folder / "postgres")


def test_what_was_written_comes_back_to_its_last_change_and_to_a_moment(instance: Instance, tmp_path: Path) -> None:
    url = running_url(instance)
    execute(url, "CREATE DATABASE other")
    for name in ("postgres", "other"):
        execute(in_database(url, name), "CREATE TABLE numbers (n integer)")
    add(url, 1)
    first = take(instance, tmp_path, progress=silent).base
    moment = add(url, 2)
    execute(url, "CHECKPOINT")
    # A server that is killed and comes back is the same one, and its archive goes on by itself.
    processes.kill(instance.folder / "postgres" / RECORD)
    postgres.start(programs(instance), instance)
    add(url, 3)
    execute(url, "SELECT pg_switch_wal()")
    add(url, 4)
    execute(url, "CHECKPOINT")  # an ephemeral server says that it has committed before it has written
    archive.wait_until_received(instance, first.line, url)
    assert [path.parent for path in sorted(tmp_path.glob("line-*/wal"))] == [first.line.folder]

    with pytest.raises(LocalError, match=r"FORCE=1"):
        restore(instance, tmp_path, progress=silent)
    assert numbers(url)["other"] == [1, 2, 3, 4], "what is refused changes nothing"

    lose(instance)
    (instance.folder / "secrets.json").unlink()
    told = restore(instance, tmp_path, progress=silent)
    url = running_url(instance)
    assert numbers(url) == {"postgres": [1, 2, 3, 4], "other": [1, 2, 3, 4]}
    assert told.base == first
    assert told.until is not None
    assert told.until > moment
    assert value(url, "SELECT setting FROM pg_settings WHERE name = 'restore_command'") is not None
    assert ask(url, "SELECT FROM pg_file_settings WHERE name LIKE 'recovery%' OR name = 'restore_command'") is None

    # The restored server is another life: its changes go elsewhere, so that the first one's stay what they were.
    add(url, 5)
    second = take(instance, tmp_path, progress=silent).base
    assert second.line != first.line
    with pytest.raises(LocalError, match=r"the archive ends with the commit of|nothing was archived"):
        restore(instance, first.folder, at=second.finished_at, force=True, progress=silent)
    told = restore(instance, tmp_path, at=moment, force=True, progress=silent)
    assert told.base == first
    assert numbers(running_url(instance)) == {"postgres": [1, 2], "other": [1, 2]}
    assert told.until is not None
    assert told.until <= moment
    assert (instance.folder / "replaced" / "postgres" / "data").exists()


def test_what_is_damaged_or_has_a_gap_is_not_restored_and_old_copies_go(instance: Instance, tmp_path: Path) -> None:
    url = running_url(instance)
    execute(url, "CREATE TABLE numbers (n integer)")
    bases = [take(instance, tmp_path, keep=2, progress=silent).base]
    half = bases[0].folder.with_name("20000101T000000Z.draft")
    shutil.copytree(bases[0].folder, half)
    assert folders.bases(tmp_path) == bases
    for _ in range(2):
        for _ in range(2):
            execute(url, "INSERT INTO numbers VALUES (1)", "SELECT pg_switch_wal()")
        bases.append(take(instance, tmp_path, keep=2, progress=silent).base)
    assert not half.exists()
    assert folders.bases(tmp_path) == bases[1:]
    segments = bases[0].line.segments()
    assert segments[0][:24] == bases[1].begins_with, "what no copy needs is gone, and nothing else"
    for base in bases[1:]:
        verify(instance, base, silent)

    (bases[1].line.wal / segments[1]).unlink()
    with pytest.raises(LocalError, match=f"lacks what lies before {segments[2][:24]}"):
        verify(instance, bases[1], silent)
    verify(instance, bases[2], silent)

    packed = bases[2].folder / "copy" / "base.tar.gz"
    content = bytearray(packed.read_bytes())
    content[len(content) // 2] ^= 1
    packed.write_bytes(content)
    with pytest.raises(LocalError, match=r"is damaged"):
        restore(instance, tmp_path, force=True, progress=silent)
    assert value(url, "SELECT count(*) FROM numbers") == 4, "the server was not touched"

    with pytest.raises(LocalError, match=r"the oldest backup in"):
        choose(tmp_path, bases[0].finished_at)
    with pytest.raises(LocalError, match=r"there is no backup in"):
        choose(tmp_path / "nowhere", None)
    with pytest.raises(LocalError, match=r"is not overwritten"):
        lay_out(bases[1], instance.folder / "postgres" / "data", None, silent)

    # What the server threw away before it was received leaves a gap: the archive goes on elsewhere, behind a new copy.
    archive.stop(instance)
    execute(url, f"SELECT pg_drop_replication_slot('{bases[0].line.slot}')")
    assert archive.resume(instance, url) is None
    last = take(instance, tmp_path, keep=2, progress=silent).base
    assert last.line != bases[0].line
    assert archive.state_of(last.line, url).is_received

"""The drill: traffic, a backup, more traffic, all three servers destroyed, a restore, and the way on from there.

The hashes are taken while no service runs, so nothing moves by itself between them: every table has to be what it was.
The reporter and the notifier are stopped a while before, so that the broker dies with messages that nobody has handled.
"""

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
from chaos.effects import effects
from demo.database import look
from demo.installation import Installation, installation, wait_until
from demo.live import HABITS, Summary, settle, summarise
from local import finding, platform, postgres, processes, servers
from local.backup import archive, recovery
from local.backup.restoring import Restored, restore
from local.backup.taking import Taken, take
from local.environments import SERVICES, database_url
from local.errors import LocalError
from local.instance import Instance, read_json
from local.kind import Progress
from local.postgres import POSTGRES

from recovery.contents import Compared, Contents, compare, contents
from recovery.own_checks import problems_of

CONSUMERS = ("reporter", "notifier")
"""Stopped before the end, so that their queues hold what is lost with the broker."""

QUIET_SECONDS = 120
GONE_SECONDS = 120
_UNSENT = "SELECT count(*) FROM {service}.outbox WHERE sent_at IS NULL"
_CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
_UNNOTED = """
SELECT count(*) FROM ingestor.outbox o WHERE o.type = 'orders.updated.v1'
AND NOT EXISTS (SELECT FROM reporter.inbox i WHERE i.event_id = o.id)
"""


@dataclass(frozen=True)
class Sizes:
    """How many orders of the past, how many changes a second, and how long each part of the traffic takes."""

    history_orders: int = 500
    rate: float = 20.0
    before_seconds: float = 20.0
    """Traffic that the whole copy has."""
    archived_seconds: float = 30.0
    """Traffic that only the archived changes have."""
    unhandled_seconds: float = 10.0
    """The last of it, which the broker still holds when it is destroyed."""
    orders_while_down: int = 20
    after_seconds: float = 10.0
    categories: tuple[str, ...] | None = None
    """What the token opens; none: everything."""


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    tables: Sequence[Compared]
    taken: Taken
    restored: Restored
    unhandled: int
    """Pages of orders that the broker held for the reporter when it was destroyed."""
    republished: Sequence[str]
    summary: Summary
    doubled_effects: dict[str, int]
    problems: Sequence[str]
    """What the services' own checks found wrong."""
    bytes_archived: int
    down_seconds: float
    """From the destruction until every service was ready again, the comparison of the tables left out."""

    @property
    def differing(self) -> list[Compared]:
        return [each for each in self.tables if not each.is_same]

    @property
    def is_clean(self) -> bool:
        """Every table as it was, something was at stake, each change told once."""
        at_stake = self.unhandled > 0 and any(each.before and each.before.rows for each in self.tables)
        wrong = self.differing or self.problems or any(self.doubled_effects.values())
        return at_stake and not wrong and self.summary.is_clean

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        compared = [each for each in self.tables if each.reason is None]
        return {
            "tables": len(compared),
            "rows": sum(each.before.rows for each in compared if each.before),
            "differing": [each.table for each in self.differing],
            "left_out": [each.table for each in self.tables if each.reason],
            "copy_seconds": round(self.taken.seconds, 1),
            "copy_mb": round(self.taken.base.bytes / 1e6, 1),
            "archived_mb": round(self.bytes_archived / 1e6, 1),
            "restore_seconds": round(self.restored.seconds, 1),
            "down_seconds": round(self.down_seconds, 1),
            "pages_lost_with_the_broker": self.unhandled,
            "republished": self.republished[-1] if self.republished else "",
            "changes": self.summary.changes_at_wb,
            "orders": self.summary.orders_stored,
            "lost": self.summary.lost,
            "duplicates": self.summary.duplicates,
            "duplicate_effects": sum(map(abs, self.doubled_effects.values())),
            "problems": list(self.problems),
        }


def run_drill(
    prefix: str,
    sizes: Sizes,
    folder: Path,
    say: Progress,
    *,
    lasting: bool = True,
) -> Outcome:
    """Play it on servers of its own, with backups in `folder`.

    Servers that are not `lasting` write to the disk only what the archive waits for: that is faster.

    Raises:
        LocalError: a server was given, which is not ours to destroy; or something does not come back.
        NotReady: traffic does not come to where it should.
    """
    if any(finding.is_given(kind) for kind in servers.KINDS):
        raise LocalError("servers are given by their URLs: the drill destroys, and only its own")
    with installation(prefix, history_orders=sizes.history_orders, progress=say, lasting=lasting) as made:
        pulse = replace(made, wildberries=replace(made.wildberries, categories=sizes.categories))
        try:
            return _played(pulse, sizes, folder, say)
        finally:
            archive.stop(pulse.platform.instance)


def _played(pulse: Installation, sizes: Sizes, folder: Path, say: Progress) -> Outcome:
    cabinet_id = pulse.connect_cabinet(say)
    taken = _traffic_with_backup(pulse, sizes, folder, say)
    instance = pulse.platform.instance
    before, unhandled = _end_of_the_world(pulse, taken, say)
    archived = sum(file.stat().st_size for file in taken.base.line.wal.iterdir())
    down = time.monotonic()
    destroy(instance)
    say("PostgreSQL, RabbitMQ and Redis are destroyed, with the keys and passwords")
    pulse.wildberries.order(sizes.orders_while_down)
    restored = restore(instance, folder, progress=say)
    say(f"restored to {restored.until} in {restored.seconds:.1f} s")
    comparing = time.monotonic()
    name = urlsplit(pulse.admin_database_url).path.lstrip("/")
    url = postgres.url(instance.secret(POSTGRES.name), instance.last_port(POSTGRES.name))
    admin_url = database_url(url, name)
    tables = compare(before, contents(admin_url))
    compared_seconds = time.monotonic() - comparing
    running, republished = recovery.make_ready(instance, folder, database=name, progress=say)
    again = platform.start(running, database=name, env=pulse.settings, progress=say)
    down_seconds = time.monotonic() - down - compared_seconds
    say(f"every service is ready again: {republished[-1]}")
    # The key that was made before opens the gateway still.
    with httpx.Client(base_url=again.url("gateway"), headers=pulse.api.headers, timeout=30) as api:
        recovered = replace(
            pulse, platform=again, admin_database_url=admin_url, rabbitmq_url=running.rabbitmq_url, api=api
        )
        _live(recovered, sizes.rate, sizes.after_seconds)
        settle(recovered, cabinet_id, say)
        summary = summarise(recovered, say)
        doubled = effects(admin_url).by_kind
        problems = problems_of(again)
    return Outcome(tables, taken, restored, unhandled, republished, summary, doubled, problems, archived, down_seconds)


def _traffic_with_backup(pulse: Installation, sizes: Sizes, folder: Path, say: Progress) -> Taken:
    _live(pulse, sizes.rate, sizes.before_seconds)
    pulse.wildberries.life(sizes.rate, **HABITS)
    taken = take(pulse.platform.instance, folder, progress=lambda _: None)
    say(f"a copy of {taken.base.bytes / 1e6:.1f} MB in {taken.seconds:.1f} s, verified, while orders are made")
    _live(pulse, sizes.rate, sizes.archived_seconds)
    for service in CONSUMERS:
        pulse.platform.stop_service(service)
    _live(pulse, sizes.rate, sizes.unhandled_seconds)
    return taken


def _live(pulse: Installation, rate: float, seconds: float) -> None:
    pulse.wildberries.life(rate, **HABITS)
    time.sleep(seconds)
    pulse.wildberries.life(0)


def _end_of_the_world(pulse: Installation, taken: Taken, say: Progress) -> tuple[Contents, int]:
    """What there is when the last service is killed, and how much of it only the broker had on its way."""
    url = pulse.admin_database_url
    wait_until("what is stored is published", lambda: _unsent(url) == 0, QUIET_SECONDS)
    for service in SERVICES:
        pulse.platform.kill(service)
    wait_until("the killed services' transactions end", lambda: not _number(url, _CONNECTED), QUIET_SECONDS)
    unhandled = _number(url, _UNNOTED)
    before = contents(url)
    rows = sum(each.rows for each in before.tables.values())
    say(f"{len(before.tables)} tables with {rows} rows, {unhandled} pages of orders in the broker alone")
    if pulse.platform.instance.ephemeral:
        _do(url, "CHECKPOINT")  # such a server says that it has committed before it has written
    archive.wait_until_received(pulse.platform.instance, taken.base.line, url)
    return before, unhandled


def destroy(instance: Instance) -> None:
    """Kill whatever runs under that name, and delete all that it had: data, queues, cache, passwords, keys, logs."""
    archive.stop(instance)
    for record in [*instance.folder.glob("*.json"), *instance.folder.glob("*/*.json")]:
        if "created" in read_json(record):
            processes.kill(record)
    deadline = time.monotonic() + GONE_SECONDS
    while instance.folder.exists():
        try:
            shutil.rmtree(instance.folder)
        except OSError as error:
            # Backends of a killed PostgreSQL write for a moment longer.
            if time.monotonic() > deadline:
                raise LocalError(f"{instance.folder} cannot be deleted: {error}") from error


def _unsent(url: str) -> int:
    running = [service for service in SERVICES if service not in CONSUMERS]
    return sum(_number(url, _UNSENT.format(service=service)) for service in running)


def _number(url: str, query: str) -> int:
    async def ask(connection: "asyncpg.Connection") -> int:
        return int(await connection.fetchval(query))

    return look(url, ask)


def _do(url: str, statement: str) -> None:
    async def execute(connection: "asyncpg.Connection") -> None:
        await connection.execute(statement)

    look(url, execute)


def table(outcome: Outcome) -> list[str]:
    """Lines for who watches: every table that had rows, before and after."""
    lines = [f"{'table':<44} {'rows':>8} {'hash':<12} {'rows':>8} {'hash':<12}"]
    for each in outcome.tables:
        if each.is_same and each.before and not each.before.rows:
            continue
        held = "".join(
            f" {side.rows:>8} {side.hash[:12]}" if side else f" {'-':>8} {'none':<12}"
            for side in (each.before, each.after)
        )
        lines.append(f"{each.table:<44}{held}  {each.reason or ('same' if each.is_same else '! DIFFERS')}")
    empty = [each for each in outcome.tables if each.is_same and each.before and not each.before.rows]
    lines.append(f"{len(empty)} more tables were empty before and are empty after")
    lines += [f"{name:<40} {count:>8}" for name, count in outcome.doubled_effects.items()]
    return lines + [f"! {problem}" for problem in outcome.problems]

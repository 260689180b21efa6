"""What a whole Pulse holds, published and told at last, beside what Wildberries says is true."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from contracts.envelope import Origin
from contracts.topics import QUEUES, routing_key
from demo.accounting import Account, Change, Message, account
from demo.database import differences, look, stored
from demo.installation import NotReady, wait_until
from local.commands import run_module
from local.environments import SERVICES
from local.errors import LocalError
from servicekit.db import Database
from support.databases import connect
from support.rows import rows
from support.stored_truth import differences_of, mistold
from support.told import TOLD

from chaos.effects import Effects, effects
from chaos.letters import all_dead, run
from chaos.world import Seller, World

SETTLE_SECONDS = 600
LOOK_SECONDS = 2.0
"""Looking takes a while itself, and what is waited for needs the machine."""
ROUNDS = 4
"""What is asked about by ids, as the funnel, is asked about those that were known when everything was asked for."""

_LET_ALL_BE_READ = """
UPDATE ingestor.sync_state SET cursor = jsonb_set(cursor, '{whole_at}', to_jsonb('2020-01-01T00:00:00+00:00'::text))
WHERE cursor ? 'whole_at'
"""
_UNHANDLED = """
SELECT count(*) FROM {publisher}.outbox o WHERE o.type = $1 AND o.origin = ANY ($2::text[])
AND NOT EXISTS (SELECT 1 FROM {consumer}.inbox i WHERE i.consumer = $3 AND i.event_id = o.id)
"""


@dataclass(frozen=True)
class Reckoning:
    """What was found. `lost`: what differs from the truth, was not told, handled or finished; `doubled`: told twice."""

    account: Account
    messages: Sequence[Message]
    changes: Sequence[Change]
    lost: Sequence[str]
    doubled: Sequence[str]
    effects: Effects
    dead: Mapping[str, int]

    @property
    def duplicates(self) -> list[str]:
        """Orders that were told in a second message."""
        return [message.srid for message in self.account.duplicates]

    @property
    def untraced(self) -> list[str]:
        """Of them, those without an attempt whose end is not known."""
        return self.effects.untraced(self.duplicates)

    def told_after(self, at: float) -> float:
        """Seconds from then until the first message about a change that Wildberries answered with later."""
        told: dict[tuple[str, str], float] = {}
        for message in self.messages:
            key = message.srid, message.kind
            told[key] = min(message.received_at, told.get(key, message.received_at))
        after = (
            told[change.srid, change.kind]
            for change in self.changes
            if (change.answered_at or 0) > at and (change.srid, change.kind) in told
        )
        return round(min(after, default=float("inf")) - at, 3)


def reckon(world: World, accepted: Mapping[str, Seller]) -> Reckoning:
    """Wait until all is calm, ask for everything once more, and compare."""
    lost = [*_settled(world), *_unfinished(world, accepted)]
    for _ in range(ROUNDS):
        _read_everything(world, lost)
        differ = world_differences(world)
        if not differ:
            break
    changes, messages = _changes(world), world.pulse.telegram.messages()
    result = account(changes, messages)
    dead = _unexpected_dead(world)
    lost += [
        *map(str, result.lost),
        *differ,
        *_unhandled(world),
        *_audited(world),
        *(f"dead in {q}: {n}" for q, n in dead.items()),
    ]
    return Reckoning(
        account=result,
        messages=messages,
        changes=changes,
        lost=lost,
        doubled=_mistold(world),
        effects=effects(world.pulse.admin_database_url),
        dead=all_dead(world.pulse.rabbitmq_url),
    )


def _settled(world: World) -> list[str]:
    waits: Sequence[tuple[str, Callable[[], bool]]] = (
        ("services are ready", lambda: _all_ready(world)),
        ("the past is read to its end", lambda: _open_ranges(world) == 0),
        ("changes told", lambda: not account(_changes(world), world.pulse.telegram.messages()).lost),
        ("events handled", lambda: not _unhandled(world)),
    )
    late = []
    for what, holds in waits:
        try:
            wait_until(what, holds, SETTLE_SECONDS, pause_seconds=LOOK_SECONDS)
        except NotReady as error:
            late.append(str(error))
            world.say(f"! {error}")
    return late


def _open_ranges(world: World) -> int:
    async def count(connection: asyncpg.Connection) -> int:
        return int(await connection.fetchval("SELECT count(*) FROM ingestor.sync_ranges WHERE ended_at IS NULL"))

    return look(world.pulse.admin_database_url, count)


def _all_ready(world: World) -> bool:
    for members in world.fleet.members.values():
        for member in members:
            world.fleet.wait_ready(member)
    return True


def _changes(world: World) -> list[Change]:
    return [change for seller in world.sellers for change in seller.pulse.wildberries.changes()]


def _unfinished(world: World, accepted: Mapping[str, Seller]) -> list[str]:
    left = dict(accepted)

    def all_ended() -> bool:
        for sync_id, seller in list(left.items()):
            answer = seller.pulse.api.get("/api/v1/sync/status", params={"sync_id": sync_id})
            if answer.is_success and answer.json()["data"]["runs"][0]["status"] == "completed":
                del left[sync_id]
        return not left

    with suppress(NotReady):
        wait_until("accepted syncs end", all_ended, SETTLE_SECONDS, pause_seconds=LOOK_SECONDS)
    return [f"sync {sync_id} did not end" for sync_id in left]


def _read_everything(world: World, lost: list[str]) -> None:
    async def be_read(connection: asyncpg.Connection) -> None:
        await connection.execute(_LET_ALL_BE_READ)

    look(world.pulse.admin_database_url, be_read)
    for seller in world.sellers:
        try:
            seller.pulse.sync_now(seller.cabinet_id, SETTLE_SECONDS, everything=True)
        except (NotReady, httpx.HTTPError) as error:
            lost.append(f"{seller.cabinet_id}: {error}")


def world_differences(world: World) -> list[str]:
    """How tables differ from the truth: each resource of each seller, and the reporter's orders."""
    held = stored(world.pulse.admin_database_url)
    found = []
    for seller in world.sellers:
        truth = seller.pulse.wildberries.truth()
        found += [*differences(truth, held.orders), *differences(truth, held.facts)]
    return found + run(_tables(world))


@dataclass(frozen=True)
class _Truth:
    """wbsim as another process."""

    control: httpx.Client

    async def rows(self, section: str, sid: str | None = None) -> list[dict[str, Any]]:
        answer = self.control.get(f"/_sim/truth/{section}", params={} if sid is None else {"sid": sid})
        rows: list[dict[str, Any]] = answer.raise_for_status().json()["rows"]
        return rows


async def _tables(world: World) -> list[str]:
    database = connect(world.fleet.platform.environments["ingestor"]["DATABASE_URL"])
    found = []
    try:
        for seller in world.sellers:
            wildberries = seller.pulse.wildberries
            for name in await _compared(database, seller):
                differ = await differences_of(
                    database,
                    _Truth(wildberries.control),
                    name,
                    UUID(seller.cabinet_id),
                    sid=wildberries.sid,
                    may_be_empty=True,
                )
                if differ:
                    found.append(f"{name} of {seller.cabinet_id}: {'; '.join(differ)}")
    finally:
        await database.close()
    return found


async def _compared(database: Database, seller: Seller) -> list[str]:
    """What is read of a shop and has a truth of its own. The order feed fills the rows of orders."""
    known = await rows(
        database,
        "SELECT resource FROM sync_state WHERE cabinet_id = :id AND next_run_at < 'infinity'",
        id=UUID(seller.cabinet_id),
    )
    read = {row["resource"] for row in known}
    return [name for name, told in TOLD.items() if name in read and told.cabinet == "personal"]


def _mistold(world: World) -> list[str]:
    async def found() -> list[str]:
        database = connect(world.fleet.platform.environments["ingestor"]["DATABASE_URL"])
        try:
            return await mistold(database)
        finally:
            await database.close()

    return run(found())


def _unhandled(world: World) -> list[str]:
    """Events of each type that one of their consumers has not handled."""

    async def count(connection: asyncpg.Connection) -> list[str]:
        found = []
        for queue in QUEUES:
            for event in queue.events:
                origins = [str(origin) for origin in Origin if routing_key(event.TYPE, origin) in queue.routing_keys]
                for publisher in SERVICES:
                    query = _UNHANDLED.format(publisher=publisher, consumer=queue.service)
                    n = await connection.fetchval(query, event.TYPE, origins, queue.consumer_of(event))
                    if n:
                        found.append(f"{n} {event.TYPE} of {publisher} are not handled by {queue.name}")
        return found

    return look(world.pulse.admin_database_url, count)


def _audited(world: World) -> list[str]:
    """What the audit finds wrong with its own records."""
    environment = world.fleet.platform.environments["audit"]
    try:
        run_module("audit", "verify", env=environment, cwd=world.instance.folder)
    except LocalError as error:
        return [f"the audit: {error}"]
    return []


def _unexpected_dead(world: World) -> dict[str, int]:
    """Dead letters that nobody has poisoned, by queue."""
    found = all_dead(world.pulse.rabbitmq_url)
    return {name: n - world.poisoned[name] for name, n in found.items() if n != world.poisoned[name]}

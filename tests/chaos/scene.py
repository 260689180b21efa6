"""Shops at a simulated Wildberries, ingestors that read them as processes of their own, and what came of it.

Buyers go on buying while something goes wrong. Then all is calm, everything is asked for once more, and what is stored
and told is compared with the truth, row by row; calls that Wildberries' limits did not permit are counted there.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ingestor.resources import RESOURCES
from servicekit.db import Database
from support.eventually import eventually
from support.ingesting import PRIVATE_KEY, connected, sync_requested, take
from support.outbox_rows import published
from support.rows import rows
from support.stored_truth import differences_of, mistold
from support.told import TOLD
from wbsim.running import ControlError, Wbsim, running_wbsim

from chaos.ingestors import Ingestor, running_ingestors

if TYPE_CHECKING:
    import redis.asyncio

Say = Callable[[str], None]

ROUNDS = 4
"""What was under way when everything was asked for may have been older than that."""

CALM: Mapping[str, Any] = {"retry_header": "x-ratelimit-retry", "limit_headers": "true", "date_skew_seconds": 0}
LIKELY = ("orders", "orders", "orders", "cancel", "cancel", "step")


@dataclass(frozen=True)
class Sizes:
    """How many shops and ingestors, how much faster than Wildberries, and how long something goes wrong."""

    shops: int = 2
    ingestors: int = 2
    rate: float = 60.0
    """An hour of Wildberries', the longest that a header is obeyed, is a minute then."""
    seconds: float = 60.0
    history_orders: int = 60
    changes_per_second: float = 8.0
    settle_seconds: float = 240.0
    categories: tuple[str, ...] | None = None
    """What the tokens open; none: everything."""


@dataclass
class Shop:
    """A seller of the simulator, and the cabinet that reads it."""

    sid: str
    token: str
    cabinet_id: UUID


@dataclass
class Scene:
    """What something goes wrong with. It counts what it does in `done`, and puts what must not be into `problems`."""

    wb: Wbsim
    database: Database
    redis: "redis.asyncio.Redis"
    redis_prefix: str
    sizes: Sizes
    rng: Random
    say: Say
    shops: list[Shop] = field(default_factory=list)
    ingestors: list[Ingestor] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    gone: list[tuple[Shop, float]] = field(default_factory=list)
    """Shops that were disconnected, and when (Unix seconds)."""
    told_live: set[str] = field(default_factory=set)
    """Orders that were placed while somebody listened: by srid."""

    async def connect(self) -> Shop:
        """Another shop with a past, its cabinet connected."""
        sizes = self.sizes
        sid = await self.wb.seller(products=3, history_orders=sizes.history_orders, history_days=60)
        event = connected(await self.token(sid))
        await take(self.database, event)
        return Shop(sid, "", event.cabinetid)

    async def token(self, sid: str) -> str:
        """A new token of a shop."""
        return await self.wb.token(sid=sid, categories=self.sizes.categories)

    async def query(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        """What the ingestor's tables say."""
        return await rows(self.database, statement, **values)


Mischief = Callable[[Scene, float], Awaitable[None]]
"""Goes wrong for so many seconds."""


@dataclass(frozen=True)
class Outcome:
    """What came of it.

    `lost`: what differs from the truth, or was never told; `doubled`: told twice, or not as it is stored.
    """

    changes: int
    done: Mapping[str, int]
    overdrawn: int
    refused: int
    lost: Sequence[str]
    doubled: Sequence[str]
    problems: Sequence[str]

    @property
    def is_clean(self) -> bool:
        """There was something to lose, and nothing is wrong."""
        return self.changes > 0 and not (self.overdrawn or self.lost or self.doubled or self.problems)

    def as_dict(self) -> dict[str, int]:
        """For JSON."""
        return {
            "changes": self.changes,
            "faults": sum(self.done.values()),
            "answers_429": self.refused,
            "overdrawn": self.overdrawn,
            "lost": len(self.lost),
            "duplicate_effects": len(self.doubled),
            "problems": len(self.problems),
        }


async def play(
    mischiefs: Sequence[Mischief],
    database: Database,
    client: "redis.asyncio.Redis",
    env: Mapping[str, str],
    *,
    sizes: Sizes,
    seed: int,
    say: Say,
    settings_of: Sequence[Mapping[str, str]] = (),
) -> Outcome:
    """Let buyers buy while each of these goes wrong in turn; `settings_of` are those of single ingestors.

    `env` has the ingestors' servers and REDIS_KEY_PREFIX.
    """
    async with running_wbsim(seed=seed, products=2, history_orders=0, limits_factor=sizes.rate) as wb:
        scene = Scene(wb, database, client, env["REDIS_KEY_PREFIX"], sizes, Random(seed), say)
        ours = {
            **env,
            "SEAL_PRIVATE_KEYS": PRIVATE_KEY,
            "WB_API_BASE_URL": wb.url,
            "WB_RATE_LIMIT": str(sizes.rate),
            "SYNC_INTERVAL": str(1 / sizes.rate),
        }
        settings = [ours | dict(settings_of[n] if n < len(settings_of) else {}) for n in range(sizes.ingestors)]
        async with running_ingestors(settings) as scene.ingestors:
            scene.shops = [await scene.connect() for _ in range(sizes.shops)]
            await _until_loaded(scene)
            say(f"{sizes.shops} shops are loaded by {sizes.ingestors} ingestors")
            async with _buyers(scene):
                for mischief in mischiefs:
                    await mischief(scene, sizes.seconds)
                    say(f"{mischief.__name__}: {dict(scene.done)}")
            await wb.clear_faults()
            await wb.settings(**CALM)
            lost = await _settle(scene)
            await _gone_are_forgotten(scene)
        counts = await wb.counts()
        return Outcome(
            changes=len(wb.world.changes),
            done=scene.done,
            overdrawn=await wb.overdrawn(),
            refused=sum(count for (_, status), count in counts.items() if status == 429),
            lost=lost + await _untold(scene),
            doubled=await mistold(database),
            problems=scene.problems + await _unwell(scene),
        )


async def _until_loaded(scene: Scene) -> None:
    try:
        await eventually(lambda: _are_loaded(scene), seconds=scene.sizes.settle_seconds)
    except AssertionError as error:
        left = await scene.query(
            """SELECT c.status, c.reason, s.resource, s.first_load_done, s.failures, s.last_error, s.waits_for,
                s.suspended_reason, s.refusals, CAST(s.next_run_at AS text) AS due_at,
                CAST(s.lease_until AS text) AS lease_until, s.requests, s.progress
            FROM cabinets c LEFT JOIN sync_state s USING (cabinet_id)
            WHERE c.status <> 'verified' OR NOT s.first_load_done"""
        )
        ranges = await scene.query("SELECT * FROM sync_ranges WHERE ended_at IS NULL")
        raise AssertionError(f"shops are not loaded: {left} {ranges}") from error


async def _are_loaded(scene: Scene) -> bool:
    [found] = await scene.query(
        """SELECT count(DISTINCT cabinet_id) AS cabinets, bool_and(first_load_done) AS loaded,
            (SELECT count(*) FROM sync_ranges WHERE ended_at IS NULL) AS ranges
        FROM sync_state WHERE next_run_at < 'infinity'"""
    )
    return found["cabinets"] == len(scene.shops) and found["loaded"] and not found["ranges"]


@asynccontextmanager
async def _buyers(scene: Scene) -> AsyncIterator[None]:
    buying = asyncio.create_task(_buy(scene))
    try:
        yield
    finally:
        buying.cancel()
        with suppress(asyncio.CancelledError):
            await buying


async def _buy(scene: Scene) -> None:
    """Orders are placed and cancelled all the time, and something of everything else changes now and then."""
    open_: list[tuple[str, str]] = []
    while True:
        shop, what = scene.rng.choice(scene.shops), scene.rng.choice(LIKELY)
        if what == "orders":
            [order] = await scene.wb.place_orders(sid=shop.sid)
            open_.append((shop.sid, order["srid"]))
            scene.told_live.add(order["srid"])
        elif what == "cancel" and open_:
            sid, srid = open_.pop(scene.rng.randrange(len(open_)))
            with suppress(ControlError):  # bought meanwhile
                await scene.wb.control("POST", f"/orders/{srid}/change", {"kind": "cancel", "sid": sid})
        elif what == "step":
            await scene.wb.step(sid=shop.sid, count=2)
        await asyncio.sleep(scene.rng.uniform(0, 2) / scene.sizes.changes_per_second)


async def _settle(scene: Scene) -> list[str]:
    """Ask for everything until nothing differs; what differs still."""
    found: list[str] = []
    for _ in range(ROUNDS):
        await _until_loaded(scene)
        await _read_everything(scene)
        found = []
        for shop in scene.shops:
            for name in await _compared(scene, shop):
                differ = await differences_of(
                    scene.database, scene.wb, name, shop.cabinet_id, sid=shop.sid, may_be_empty=True
                )
                if differ:
                    found.append(f"{name} of {shop.cabinet_id}: {'; '.join(differ)}")
        if not found:
            return []
    return found


async def _compared(scene: Scene, shop: Shop) -> list[str]:
    """What is read of a shop and has a truth of its own. The order feed fills the rows of orders."""
    known = await scene.query(
        "SELECT resource FROM sync_state WHERE cabinet_id = :id AND next_run_at < 'infinity'", id=shop.cabinet_id
    )
    read = {row["resource"] for row in known}
    return [name for name, told in TOLD.items() if name in read and told.cabinet == "personal"]


async def _read_everything(scene: Scene) -> None:
    asked = set()
    # What was answered long ago is read once a day only: let it be a day later.
    await scene.query(
        """UPDATE sync_state SET cursor = jsonb_set(cursor, '{whole_at}', to_jsonb('2020-01-01T00:00:00+00:00'::text))
        WHERE cursor ? 'whole_at' RETURNING 1"""
    )
    for shop in scene.shops:
        event = sync_requested(shop.cabinet_id, *RESOURCES)
        await take(scene.database, event)
        asked.add(str(event.data.sync_id))

    async def answered() -> bool:
        left = await scene.query(
            "SELECT each ->> 'sync_id' AS id FROM sync_state, jsonb_array_elements(requests) AS each"
        )
        return not asked & {row["id"] for row in left}

    await eventually(answered, seconds=scene.sizes.settle_seconds)


async def _untold(scene: Scene) -> list[str]:
    """Orders that were placed and never told as news."""
    live = {
        order.srid
        for event in await published(scene.database, "orders.updated.v1")
        if event.origin == "live"
        for order in event.data.orders
    }
    theirs = {row["srid"] for shop in scene.shops for row in await scene.wb.rows("orders", shop.sid)}
    return [f"{srid} was not told as news" for srid in (scene.told_live & theirs) - live]


async def _unwell(scene: Scene) -> list[str]:
    """Cabinets and resources that are not read any more though nothing is wrong any more."""
    suspended = await scene.query(
        "SELECT resource, suspended_reason FROM sync_state WHERE suspended_reason IS NOT NULL"
    )
    refused = await scene.query("SELECT status, reason FROM cabinets WHERE status NOT IN ('verified', 'disconnected')")
    told = [event.data.reason for event in await published(scene.database, "cabinet.suspended.v1")]
    return [
        *(f"{row['resource']} is suspended: {row['suspended_reason']}" for row in suspended),
        *(f"a cabinet is {row['status']}: {row['reason']}" for row in refused),
        *(f"a cabinet was told to be suspended: {reason}" for reason in told),
    ]


async def _gone_are_forgotten(scene: Scene) -> None:
    """Nothing is left of a cabinet that was disconnected, and nobody asks Wildberries for it."""
    if not scene.gone:
        return
    tables = await scene.query(
        """SELECT c.table_name AS name FROM information_schema.columns c JOIN information_schema.tables t
            USING (table_schema, table_name)
        WHERE c.table_schema = current_schema() AND c.column_name = 'cabinet_id' AND t.table_type = 'BASE TABLE'
            AND c.table_name NOT IN ('cabinets', 'disconnected_cabinets')"""
    )
    ids = [shop.cabinet_id for shop, _ in scene.gone]

    async def left() -> dict[str, int]:
        counted = {}
        for name in (row["name"] for row in tables):
            [found] = await scene.query(f"SELECT count(*) AS n FROM {name} WHERE cabinet_id = ANY (:ids)", ids=ids)
            counted[name] = found["n"]
        return {name: n for name, n in counted.items() if n}

    async def nothing_is_left() -> bool:
        return not await left()

    with suppress(AssertionError):
        await eventually(nothing_is_left, seconds=60)
    scene.problems += [f"{n} rows of a disconnected cabinet in {name}" for name, n in (await left()).items()]
    asked = [each for each in scene.wb.world.requests if any(_is_too_late(each, shop, at) for shop, at in scene.gone)]
    scene.problems += [f"{each.path} was called for a disconnected cabinet" for each in asked]


ON_ITS_WAY_SECONDS = 6.0
"""What was sent before a cabinet was disconnected has been answered by then, slowness that was played included."""


def _is_too_late(request: Any, shop: Shop, gone_at: float) -> bool:
    return bool(request.sid == shop.sid and request.at > gone_at + ON_ITS_WAY_SECONDS)


PATIENCE_SECONDS = 150.0
"""What is waited for within a mischief has happened by then, on a machine that does much else."""


async def comes_true(what: str, holds: Callable[[], Any]) -> Any:
    """The first true answer of `holds`.

    Raises:
        AssertionError: it gave none, and `what` was waited for.
    """
    try:
        return await eventually(holds, seconds=PATIENCE_SECONDS)
    except AssertionError as error:
        raise AssertionError(f"{what}: {error}") from error


def until(seconds: float) -> Callable[[], bool]:
    """Whether it is still less than so many seconds from now."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() < end

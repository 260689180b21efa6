"""Many cabinets in a simulated Wildberries, known to an ingestor as if it had read them for long.

The simulator runs in the process that measures. Cabinets are written as the ingestor would have left them: verified,
their first loads done, each resource due at some moment within its refresh.
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import aio_pika
import asyncpg
from contracts.topics import EVENTS_EXCHANGE
from contracts.wb_token import Category, TokenKind
from ingestor.resources import RESOURCES
from servicekit.crypto import generate_keys, seal
from wbsim.running import Wbsim

PUBLIC_KEY, PRIVATE_KEY = generate_keys()
PRODUCTS, PAST_ORDERS = 2, 3
LET_AT_ONCE = 1_000
ORDERS_PATH = "/api/v1/supplier/orders"

_SRID = re.compile(rb'"srid":"([^"]+)"')
_STATES = """
    INSERT INTO sync_state (cabinet_id, resource, next_run_at, sweep_at, first_load_done, last_success_at, accepted_at)
    SELECT cabinet_id, resource,
        CASE WHEN refresh IS NULL THEN 'infinity' ELSE now() + random() * refresh END,
        now() + '1 hour' + random() * interval '1 hour', refresh IS NOT NULL,
        CASE WHEN refresh IS NOT NULL THEN now() END, CASE WHEN refresh IS NOT NULL THEN now() END
    FROM cabinets, unnest($1::text[], $2::interval[]) AS resources (resource, refresh)
    WHERE cabinet_id = ANY ($3)
"""
_UNREAD = """
    UPDATE sync_state SET first_load_done = false, last_success_at = NULL, accepted_at = NULL,
        next_run_at = CASE WHEN next_run_at < 'infinity' THEN now() ELSE next_run_at END
    WHERE cabinet_id = ANY ($1)
"""
_LEFT = "SELECT count(*) FROM sync_state WHERE next_run_at < 'infinity' AND last_success_at < $1"
_SPREAD = """
    UPDATE sync_state SET next_run_at = now() + random() * refresh
    FROM unnest($1::text[], $2::interval[]) AS resources (name, refresh)
    WHERE resource = name AND next_run_at < 'infinity'
"""
_COLUMNS = (
    "cabinet_id",
    "status",
    "seller_id",
    "kind",
    "sealed_token",
    "seller_name",
    "connected_at",
    "token_at",
    "verified_at",
    "checked_at",
    "expires_at",
    "currency",
)


@dataclass(frozen=True)
class Seller:
    """A cabinet of Pulse, its seller at WB, and the token of both."""

    cabinet_id: UUID
    sid: str
    token: str


async def let(wb: Wbsim, count: int, *, history_orders: int = PAST_ORDERS) -> list[Seller]:
    """So many sellers with personal tokens."""
    found: list[Seller] = []
    while len(found) < count:
        lots = await wb.lots(min(LET_AT_ONCE, count - len(found)), products=PRODUCTS, history_orders=history_orders)
        found += [Seller(uuid4(), lot["sid"], lot["token"]) for lot in lots]
    return found


async def know(database: asyncpg.Connection, sellers: Sequence[Seller], *, rate: float, loaded: bool = True) -> float:
    """Write the cabinets down as read for long, at so many times WB's speed; how many runs a second fall due.

    Those that are not `loaded` have just been connected: everything is due, for the first time.
    """
    now = datetime.now(UTC)
    rows = [
        (
            seller.cabinet_id,
            "verified",
            UUID(seller.sid),
            "personal",
            seal(seller.token, public_key=PUBLIC_KEY, belongs_to=str(seller.cabinet_id)),
            "Продавец",
            now - timedelta(days=30),
            now - timedelta(days=30),
            now,
            now,
            now + timedelta(days=150),
            "RUB",
        )
        for seller in sellers
    ]
    open_ = [each for each in RESOURCES.values() if each.is_open_to(TokenKind.PERSONAL, frozenset(Category))]
    names = {each.name for each in open_}
    refreshes = [None if each.stands_in_for in names else each.refresh / rate for each in open_]
    ids = [seller.cabinet_id for seller in sellers]
    async with database.transaction():
        await database.copy_records_to_table("cabinets", records=rows, columns=_COLUMNS)
        await database.execute(_STATES, [each.name for each in open_], refreshes, ids)
        if not loaded:
            await database.execute(_UNREAD, ids)
    await database.execute("ANALYZE cabinets; ANALYZE sync_state")
    return len(sellers) * sum(1 / refresh.total_seconds() for refresh in refreshes if refresh)


async def read_everything(database: asyncpg.Connection, *, rate: float, seconds: float) -> int:
    """Have everything read once, for so long at most, and due again within its refresh; how much was not read."""
    began = await database.fetchval("SELECT now()")
    await database.execute("UPDATE sync_state SET next_run_at = now() WHERE next_run_at < 'infinity'")
    deadline = time.monotonic() + seconds
    left = await database.fetchval(_LEFT, began)
    while left and time.monotonic() < deadline:
        await asyncio.sleep(1)
        left = await database.fetchval(_LEFT, began)
    names = list(RESOURCES)
    await database.execute(_SPREAD, names, [RESOURCES[name].refresh / rate for name in names])
    unread: int = left
    return unread


@dataclass
class Latencies:
    """When WB showed each new order, by srid, and when it was told; Unix seconds."""

    shown: dict[str, float] = field(default_factory=dict)
    told: dict[str, float] = field(default_factory=dict)

    async def order(self, wb: Wbsim, seller: Seller) -> None:
        """A buyer orders something."""
        [order] = await wb.place_orders(sid=seller.sid)
        self.shown[order["srid"]] = order["visible_at"]

    def told_seconds(self) -> list[float]:
        """From being shown to being published."""
        return [self.told[srid] - at for srid, at in self.shown.items() if srid in self.told]

    async def stored_seconds(self, database: asyncpg.Connection) -> list[float]:
        """From being shown to being stored."""
        rows = await database.fetch(
            "SELECT srid, extract(epoch FROM first_seen_at)::float AS at FROM orders WHERE srid = ANY ($1)",
            list(self.shown),
        )
        return [row["at"] - self.shown[row["srid"]] for row in rows]

    @asynccontextmanager
    async def listening(self, broker_url: str) -> AsyncIterator[None]:
        """Note what is told within the block."""
        async with await aio_pika.connect(broker_url) as connection:
            channel = await connection.channel()
            queue = await channel.declare_queue(exclusive=True)
            await queue.bind(await channel.get_exchange(EVENTS_EXCHANGE, ensure=False), "orders.updated.#")
            await queue.consume(self._heard, no_ack=True)
            yield

    async def _heard(self, message: aio_pika.abc.AbstractIncomingMessage) -> None:
        now = time.time()
        for srid in _SRID.findall(message.body):
            self.told.setdefault(srid.decode(), now)

    async def all_told(self, seconds: float) -> int:
        """Wait so long at most until all are; how many are not."""
        deadline = time.monotonic() + seconds
        while self.shown.keys() - self.told.keys() and time.monotonic() < deadline:  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.2)
        return len(self.shown.keys() - self.told.keys())


def settings(rate: float, wb_url: str, database_url: str, *, workers: int) -> dict[str, str]:
    """The environment of an ingestor at so many times WB's speed."""
    return {
        "DATABASE_URL": database_url,
        "SEAL_PRIVATE_KEYS": PRIVATE_KEY,
        "WB_API_BASE_URL": wb_url,
        "WB_RATE_LIMIT": str(rate),
        "SYNC_INTERVAL": str(1 / rate),
        "SYNC_WORKERS": str(workers),
        "DB_POOL_SIZE": str(workers + 17),
    }

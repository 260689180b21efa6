"""Good messages beside poison: how fast they are handled, where the poison ends, and what becomes of it after a fix.

Orders wait in the reporter's queue when a reporter starts, in turns with poison among them and without. Some poison is
nothing that anybody could read; some are events that fail in the database, until a rule that refuses them is dropped:
the fix. Of those, most have failed as often as they may but once, some for the first time.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from statistics import median
from uuid import UUID, uuid4

import aio_pika
import asyncpg
from bench.command import bench_servers
from bench.command import say as progress
from bench.processes import running_service
from contracts.envelope import CONTENT_TYPE
from contracts.topics import REPORTER_ORDERS
from local.commands import run_module
from local.kind import Progress
from local.workspace import find_root
from servicekit.consume import ATTEMPT, MAX_ATTEMPTS, REASON
from servicekit.dead_letters import count_dead
from servicekit.topology import declare_topology
from support.databases import Databases, fresh_databases
from support.eventually import eventually
from support.reporting import an_order, orders_updated

WAIT_SECONDS = 300.0
POISONED = "poisoned-"
UNREADABLE = b'{"specversion": "1.0", "data":'

# Refused by PostgreSQL in a state that is no outage: it is the event's own fault, as far as anybody can tell.
_BREAK = f"""
CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'nobody thought of %', NEW.srid; END $$;
CREATE TRIGGER refuse_poison BEFORE INSERT ON order_facts
FOR EACH ROW WHEN (NEW.srid LIKE '{POISONED}%') EXECUTE FUNCTION refuse_poison();
"""
_FIX = "DROP TRIGGER refuse_poison ON order_facts; DROP FUNCTION refuse_poison()"
_HANDLED = """
SELECT count(*) AS n, extract(epoch FROM max(received_at) - min(received_at)) AS seconds
FROM inbox WHERE event_id = ANY ($1::uuid[])
"""


@dataclass(frozen=True)
class Sizes:
    """How many good messages in each of so many rounds, and how many of each of three kinds of poison beside them."""

    messages: int = 3_000
    poison: int = 20
    rounds: int = 3
    cabinets: int = 50


@dataclass(frozen=True)
class Letter:
    """A message for the reporter's orders."""

    body: bytes
    event_id: UUID
    trace: str
    headers: dict[str, int] = field(default_factory=dict)
    srid: str = ""


@dataclass
class Outcome:
    """What came of it: messages a second of each round, and the dead."""

    clean: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    dead: int = 0
    expected_dead: int = 0
    without_reason: int = 0
    without_trace: int = 0
    redriven: int = 0
    still_dead: int = 0
    not_stored: int = 0
    doubled: int = 0

    @property
    def share(self) -> float:
        """Throughput beside poison, of that without."""
        return round(median(self.beside) / median(self.clean), 3)

    @property
    def is_clean(self) -> bool:
        """All of it is where it belongs; how fast it was is not asked here."""
        wrong = self.without_reason or self.without_trace or self.not_stored or self.doubled
        return not wrong and self.dead == self.expected_dead and self.still_dead == self.expected_dead - self.redriven

    def as_dict(self) -> dict[str, float]:
        """For JSON."""
        return {
            "good_per_second_clean": round(median(self.clean), 1),
            "good_per_second_beside_poison": round(median(self.beside), 1),
            "good_throughput_share": self.share,
            "dead": self.dead,
            "dead_without_reason": self.without_reason,
            "dead_without_trace": self.without_trace,
            "redriven_and_handled": self.redriven,
            "lost": self.not_stored,
            "duplicate_effects": self.doubled,
        }


GOAL_SHARE = 0.95


def show_poisoned(seed: int) -> tuple[dict[str, float], bool]:
    """The whole of it, on servers of its own. Nothing of it is drawn by a `seed`: poison is spread evenly."""
    with bench_servers():
        outcome = asyncio.run(_on_its_own())
    counts = outcome.as_dict()
    print("\n".join(f"{name:<32} {count:>8}" for name, count in counts.items()), file=sys.stderr)
    return counts, outcome.is_clean and outcome.share >= GOAL_SHARE


async def _on_its_own() -> Outcome:
    await declare_topology(os.environ["RABBITMQ_URL"])
    async with fresh_databases(os.environ["DATABASE_URL"]) as databases:
        env = {"REDIS_KEY_PREFIX": f"chaos:{uuid4().hex}:"}
        return await handle_beside_poison(databases, os.environ["RABBITMQ_URL"], env, sizes=Sizes(), say=progress)


async def handle_beside_poison(
    databases: Databases, rabbitmq_url: str, env: dict[str, str], *, sizes: Sizes, say: Progress
) -> Outcome:
    """Let reporters in this environment handle good messages, with and without poison; then mend what refused some."""
    await databases.connect("reporter")  # migrated and empty
    outcome = Outcome()
    env = {**env, "DATABASE_URL": databases.urls["reporter"], "RABBITMQ_URL": rabbitmq_url, "LOG_LEVEL": "critical"}
    connection = await asyncpg.connect(databases.urls["reporter"])
    refused: list[Letter] = []
    unreadable: list[Letter] = []
    try:
        await connection.execute(_BREAK)
        async with running_service("reporter", env):
            pass  # what is done once is done
        for number in range(sizes.rounds):
            good = _good(sizes)
            outcome.clean.append(await _round(connection, rabbitmq_url, env, good, []))
            poison = _refused(sizes, is_last_round=number == sizes.rounds - 1)
            bad = [Letter(UNREADABLE, uuid4(), uuid4().hex) for _ in range(sizes.poison)]
            good = _good(sizes)
            outcome.beside.append(await _round(connection, rabbitmq_url, env, good, [*poison, *bad]))
            refused += poison
            unreadable += bad
            say(
                f"round {number + 1}: {outcome.clean[-1]:.0f} messages a second, beside poison {outcome.beside[-1]:.0f}"
            )
        last_try = [letter for letter in refused if letter.headers]
        outcome.expected_dead = len(last_try) + len(unreadable)
        await _look_at_the_dead(rabbitmq_url, outcome, [*last_try, *unreadable])
        await connection.execute(_FIX)
        async with running_service("reporter", env):
            await _redrive(connection, rabbitmq_url, env, outcome, refused)
        say(f"mended: {outcome.redriven} were put back and handled, {outcome.still_dead} are dead for good")
    finally:
        await connection.close()
    return outcome


async def _round(
    connection: asyncpg.Connection, url: str, env: dict[str, str], good: list[Letter], poison: Sequence[Letter]
) -> float:
    """Good messages a second, from the first that was handled to the last."""
    letters = list(good)
    for number, letter in enumerate(poison):
        letters.insert((number + 1) * len(letters) // (len(poison) + 1), letter)
    await _put(url, letters)
    ids = [letter.event_id for letter in good]

    async def all_handled() -> bool:
        return bool((await connection.fetchrow(_HANDLED, ids))["n"] == len(ids))

    async with running_service("reporter", env):
        await eventually(all_handled, seconds=WAIT_SECONDS)
    seconds = float((await connection.fetchrow(_HANDLED, ids))["seconds"])
    return len(ids) / seconds


def _good(sizes: Sizes) -> list[Letter]:
    cabinets = [uuid4() for _ in range(sizes.cabinets)]
    return [_letter(cabinets[number % len(cabinets)], uuid4().hex) for number in range(sizes.messages)]


def _refused(sizes: Sizes, *, is_last_round: bool) -> list[Letter]:
    """For the last time; in the last round half for the first, which come back within a minute. What failed three times
    would wait for ten.
    """
    letters = [_letter(uuid4(), f"{POISONED}{uuid4().hex}") for _ in range(2 * sizes.poison)]
    return [
        letter if is_last_round and number % 2 else replace(letter, headers={ATTEMPT: MAX_ATTEMPTS - 1})
        for number, letter in enumerate(letters)
    ]


def _letter(cabinet_id: UUID, srid: str) -> Letter:
    now = datetime.now(UTC)
    event = orders_updated(cabinet_id, an_order(cabinet_id, srid, ordered_at=now))
    return Letter(event.model_dump_json().encode(), event.id, uuid4().hex, srid=srid)


async def _put(url: str, letters: Sequence[Letter]) -> None:
    async with await aio_pika.connect(url, timeout=10) as connection:
        channel = await connection.channel()
        for at in range(0, len(letters), 200):
            await asyncio.gather(
                *(
                    channel.default_exchange.publish(_message(letter), routing_key=REPORTER_ORDERS.name)
                    for letter in letters[at : at + 200]
                )
            )


def _message(letter: Letter) -> aio_pika.Message:
    return aio_pika.Message(
        letter.body,
        message_id=str(letter.event_id),
        content_type=CONTENT_TYPE,
        headers={"traceparent": f"00-{letter.trace}-{letter.trace[:16]}-01", **letter.headers},
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )


async def _look_at_the_dead(url: str, outcome: Outcome, expected: Sequence[Letter]) -> None:
    traces = {str(letter.event_id): letter.trace for letter in expected}

    async def all_dead() -> bool:
        return (await count_dead(url)).get(REPORTER_ORDERS, 0) >= len(expected)

    await eventually(all_dead, seconds=WAIT_SECONDS)
    async with await aio_pika.connect(url, timeout=10) as connection:
        dead = await (await connection.channel()).get_queue(REPORTER_ORDERS.dead, ensure=False)
        while message := await dead.get(fail=False):
            outcome.dead += 1
            outcome.without_reason += not message.headers.get(REASON)
            trace = traces.get(str(message.message_id), "another")
            outcome.without_trace += trace not in str(message.headers.get("traceparent", ""))
    # They are put back when the connection closes, and can be counted a moment later.
    await eventually(all_dead, seconds=WAIT_SECONDS)


async def _redrive(
    connection: asyncpg.Connection, url: str, env: dict[str, str], outcome: Outcome, refused: Sequence[Letter]
) -> None:
    """As an operator does; what has tries left comes back by itself."""
    words = ("servicekit", "redrive", REPORTER_ORDERS.name)
    await asyncio.to_thread(run_module, *words, env={**os.environ, **env}, cwd=find_root())
    srids = [letter.srid for letter in refused]

    async def all_stored() -> bool:
        return bool(await stored() >= len(srids))

    async def stored() -> int:
        return int(await connection.fetchval("SELECT count(*) FROM order_facts WHERE srid = ANY ($1)", srids))

    async def only_unreadable_are_dead() -> bool:
        outcome.still_dead = (await count_dead(url)).get(REPORTER_ORDERS, 0)
        return outcome.still_dead == outcome.expected_dead - sum(bool(letter.headers) for letter in refused)

    await eventually(all_stored, seconds=WAIT_SECONDS)
    await eventually(only_unreadable_are_dead, seconds=WAIT_SECONDS)
    outcome.redriven = outcome.expected_dead - outcome.still_dead
    found = await stored()
    outcome.not_stored, outcome.doubled = max(0, len(srids) - found), max(0, found - len(srids))

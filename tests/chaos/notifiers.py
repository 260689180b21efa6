"""Notifiers are killed with -9 while they send at the pace that Telegram's limits permit.

Two of them, as processes, on one database and one Redis; Telegram is tgsim with its limits on, which takes a fifth of a
second for each message: whoever is killed leaves some in the air.
"""

import asyncio
import os
import re
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

from bench.command import bench_servers
from bench.command import say as progress
from local.ports import free_port
from servicekit.db import Database
from servicekit.topology import declare_topology
from sqlalchemy import text
from support.databases import fresh_databases
from support.eventually import eventually
from support.notifying import reported
from support.rows import rows
from tgsim.config import Limits
from tgsim.running import RunningTgsim, running_tgsim

LIMITS = Limits()
"""Telegram's."""
ANSWER_SECONDS = 0.2
REFUSED_SECONDS = 2
"""One chat is refused for so long at first: nobody may send there meanwhile."""
LEASE_SECONDS = 2
WAIT_SECONDS = 300.0

Say = Callable[[str], None]

_ADD = text("""
INSERT INTO deliveries (cabinet_id, id, subject, channel, recipient, kind, payload, reported_at, event_id,
                        correlation_id, next_attempt_at, created_at)
SELECT :cabinet_id, gen_random_uuid(), 'number/' || number, 'telegram',
       CASE WHEN number % :chats < :groups THEN '-100' ELSE '' END || 1 + number % :chats, 'order_new',
       jsonb_set(CAST(:payload AS jsonb), '{product,vendor_code}', to_jsonb('number-' || number || '.')),
       now(), gen_random_uuid(), gen_random_uuid(), clock_timestamp(), clock_timestamp()
FROM generate_series(0, :messages - 1) AS number
""")
_UNENDED = """
SELECT CAST(substring(d.subject FROM '[0-9]+') AS integer) AS number FROM delivery_attempts a
JOIN deliveries d ON (d.cabinet_id, d.id) = (a.cabinet_id, a.delivery_id)
WHERE a.finished_at IS NULL OR a.outcome = 'unanswered'
"""


@dataclass(frozen=True)
class Sizes:
    """So many messages to so many chats, some of them groups, and how often a notifier is killed."""

    messages: int = 3_000
    chats: int = 300
    groups: int = 5
    kills: int = 15


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    messages: int
    kills: int
    lost: Sequence[int]
    """Numbers of messages that are not in Telegram, or not known to be."""
    repeated: Sequence[int]
    """Numbers of messages, each as often as it came again."""
    unended: Sequence[int]
    """Numbers of messages, each as often as it was tried without an end."""
    refused: Mapping[str, int]
    """Answers of Telegram that were no success, by their code."""
    early: int
    """Messages sent before a `retry_after` was over."""
    seconds: float

    @property
    def untraced(self) -> list[int]:
        """Those that came again without an attempt that has no end."""
        return list((Counter(self.repeated) - Counter(self.unended)).elements())

    @property
    def is_clean(self) -> bool:
        """Nothing lost, nothing sent too early, and each repeat is explained."""
        return not self.lost and not self.untraced and not self.early

    def as_dict(self) -> dict[str, int | float | None]:
        """For JSON."""
        return {
            "changes": self.messages,
            "faults": self.kills,
            "lost": len(self.lost),
            "duplicate_effects": 0,
            "duplicate_messages": len(self.repeated),
            "duplicate_messages_untraced": len(self.untraced),
            "attempts_without_end": len(self.unended),
            "answers_429": self.refused.get("429", 0),
            "early_sends": self.early,
            "seconds": round(self.seconds, 1),
        }


def show_notifiers(seed: int) -> tuple[dict[str, int | float | None], bool]:
    """The whole of it, on servers of its own. Nothing of it is drawn by a `seed`: kills are spread evenly."""
    with bench_servers():
        outcome = asyncio.run(_on_its_own())
    counts = outcome.as_dict()
    print("\n".join(f"{name:<28} {count:>6}" for name, count in counts.items()), file=sys.stderr)
    return counts, outcome.is_clean


async def _on_its_own() -> Outcome:
    await declare_topology(os.environ["RABBITMQ_URL"])
    async with fresh_databases(os.environ["DATABASE_URL"]) as databases:
        database = await databases.connect("notifier")
        env = {"DATABASE_URL": databases.urls["notifier"], "REDIS_KEY_PREFIX": f"chaos:{uuid4().hex}:"}
        try:
            return await kill_notifiers(database, env, sizes=Sizes(), say=progress)
        finally:
            await database.close()


async def kill_notifiers(database: Database, env: Mapping[str, str], *, sizes: Sizes, say: Say) -> Outcome:
    """Let two notifiers in this environment send what waits in the database, while now one and now the other is killed
    and started again, and count what came of it."""
    await _add_messages(database, sizes)
    async with AsyncExitStack() as stack:
        tgsim = await stack.enter_async_context(running_tgsim(limits=LIMITS))
        tgsim.add_fault(kind="status", status=429, retry_after=REFUSED_SECONDS, chat_id=sizes.chats)
        tgsim.add_fault(kind="slow", seconds=ANSWER_SECONDS, times=1_000_000)
        settings = {
            "TELEGRAM_BOT_TOKEN": tgsim.token,
            "TELEGRAM_API_BASE_URL": tgsim.url,
            "LEASE_SECONDS": str(LEASE_SECONDS),
        }
        notifiers = [await stack.enter_async_context(_notifier({**env, **settings})) for _ in range(2)]
        began = time.monotonic()
        for kill in range(sizes.kills):
            await _until_accepted(tgsim, sizes.messages * (kill + 1) // (sizes.kills + 1))
            await notifiers[kill % 2].kill()
            await notifiers[kill % 2].start()
            say(f"{_accepted(tgsim):>5} messages: a notifier is killed and started again")
        await eventually(lambda: _all_ended(database, sizes.messages), seconds=WAIT_SECONDS)
        seconds = time.monotonic() - began
        return await _count(database, tgsim, sizes, seconds)


async def _count(database: Database, tgsim: RunningTgsim, sizes: Sizes, seconds: float) -> Outcome:
    came = Counter(int(found[1]) for each in tgsim.messages() if (found := re.search(r"number-(\d+)\.", each["text"])))
    delivered = {row["number"] for row in await rows(database, _DELIVERED)}
    stats = tgsim.stats()
    return Outcome(
        messages=sizes.messages,
        kills=sizes.kills,
        lost=[number for number in range(sizes.messages) if not came[number] or number not in delivered],
        repeated=list((came - Counter(set(came))).elements()),
        unended=[row["number"] for row in await rows(database, _UNENDED)],
        refused={str(code): count for code, count in stats["refused"].items()},
        early=stats["early_sends"],
        seconds=seconds,
    )


_DELIVERED = """
SELECT CAST(substring(subject FROM '[0-9]+') AS integer) AS number FROM deliveries WHERE status = 'delivered'
"""


async def _add_messages(database: Database, sizes: Sizes) -> None:
    cabinet_id = uuid4()
    values = {**vars(sizes), "cabinet_id": cabinet_id, "payload": reported(cabinet_id).model_dump_json()}
    del values["kills"]
    async with database.transaction() as connection:
        await connection.execute(_ADD, values)


def _accepted(tgsim: RunningTgsim) -> int:
    return int(tgsim.stats()["accepted"])


async def _until_accepted(tgsim: RunningTgsim, count: int) -> None:
    await eventually(lambda: _accepted(tgsim) >= count, seconds=WAIT_SECONDS)


async def _all_ended(database: Database, count: int) -> bool:
    found = await rows(database, "SELECT count(*) AS n FROM deliveries WHERE status IN ('delivered', 'failed')")
    return bool(found[0]["n"] == count)


class _Notifier:
    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        env = {**os.environ, **self._env, "PORT": str(free_port()), "LOG_LEVEL": "error"}
        self._process = await asyncio.create_subprocess_exec(sys.executable, "-m", "notifier", "serve", env=env)

    async def kill(self) -> None:
        await self._end(asyncio.subprocess.Process.kill)

    async def stop(self) -> None:
        await self._end(asyncio.subprocess.Process.terminate)

    async def _end(self, how: Callable[[asyncio.subprocess.Process], None]) -> None:
        if self._process is not None and self._process.returncode is None:
            how(self._process)
            await self._process.wait()


@asynccontextmanager
async def _notifier(env: Mapping[str, str]) -> AsyncIterator[_Notifier]:
    notifier = _Notifier(env)
    await notifier.start()
    try:
        yield notifier
    finally:
        await notifier.stop()

"""One ingestor and ever more cabinets that nearly nothing happens in: what a run costs it, and what PostgreSQL.

Sizes grow tenfold from `cabinets` in so many `steps`; 10,000 take `steps=3 warm_up=300 seconds=120`. In one of a
hundred cabinets something is ordered now and then. From the costs follows how many processes keep 10,000 cabinets
fresh to the minute, and from the WAL of so many cabinets what an idle day of 1,000 of them writes: fewest cabinets tell
that best, as they alone have read everything before (`primed`).
"""

import asyncio
import os
import random
from dataclasses import dataclass

import asyncpg
import httpx
from demo.accounting import percentile
from local.ports import free_port
from servicekit.topology import declare_topology
from support.databases import Databases, fresh_databases
from wbsim.running import Wbsim, running_wbsim

from bench.command import run, say
from bench.database_work import Work, work_of
from bench.figures import Figures, entry
from bench.many_cabinets import Latencies, Seller, know, let, read_everything, settings
from bench.processes import cpu_seconds, peak_mb, running_service

CHANGING = 100
"""Of so many cabinets one has orders."""
DAY = 86_400
MANY, DAY_OF = 10_000, 1_000
BUSY = 0.8
"""A process is kept no busier than this."""
_LATE = """
    SELECT count(*) FILTER (WHERE next_run_at < now() - make_interval(secs => $1)) FROM sync_state s
    JOIN cabinets c USING (cabinet_id) WHERE resource = 'orders' AND c.status = 'verified'
"""


@dataclass(frozen=True)
class Sizes:
    """How many cabinets, how fast WB is, and for how long it is measured."""

    cabinets: int = 100
    steps: int = 2
    rate: float = 1.0
    """So many times WB's limits, and refreshes as often."""
    workers: int = 16
    warm_up: float = 70.0
    """Whatever the cabinets' minute brings has been read once by then."""
    seconds: float = 60.0
    order_every: float = 0.5
    primed: int = 100
    """So many cabinets, and fewer, have read everything before it is measured: their figures are of idle ones alone."""
    prime_seconds: float = 240.0


@dataclass(frozen=True)
class _Found:
    due_per_second: float
    runs: float
    seconds: float
    cpu_seconds: float
    peak_mb: float
    late: int
    work: Work
    stored: list[float]
    told: list[float]
    untold: int
    refused: int

    def per_run(self, seconds: float) -> float:
        """Milliseconds."""
        return 1_000 * seconds / max(1.0, self.runs)


async def measure(sizes: Sizes) -> Figures:
    """Needs DATABASE_URL, REDIS_URL and RABBITMQ_URL."""
    figures: Figures = {}
    await declare_topology(os.environ["RABBITMQ_URL"])
    for step in range(sizes.steps):
        count = sizes.cabinets * 10**step
        async with fresh_databases(os.environ["DATABASE_URL"]) as databases:
            found = await _measured(databases, count, sizes)
        figures |= _figures(count, sizes, found)
    return figures


async def _measured(databases: Databases, count: int, sizes: Sizes) -> _Found:
    await (await databases.connect("ingestor")).close()
    url, port = databases.urls["ingestor"], free_port()
    async with running_wbsim(products=1, history_orders=0, limits_factor=sizes.rate, open_lots=count) as wb:
        database = await asyncpg.connect(url)
        sellers = await let(wb, count)
        due = await know(database, sellers, rate=sizes.rate)
        say(f"{count:,} cabinets, {due:.1f} runs due in a second")
        latencies = Latencies()
        env = settings(sizes.rate, wb.url, url, workers=sizes.workers)
        async with running_service("ingestor", env, port=port) as ingestor, httpx.AsyncClient() as http:
            if count <= sizes.primed:
                unread = await read_everything(database, rate=sizes.rate, seconds=sizes.prime_seconds)
                say(f"all is read but {unread} resources")
            else:
                await asyncio.sleep(sizes.warm_up)
            say("measuring")
            async with latencies.listening(os.environ["RABBITMQ_URL"]):
                before = await work_of(database), await _runs(http, port), cpu_seconds(ingestor)
                began = asyncio.get_running_loop().time()
                await _orders(latencies, wb, sellers, sizes)
                lasted = asyncio.get_running_loop().time() - began
                used, runs = cpu_seconds(ingestor) - before[2], await _runs(http, port) - before[1]
                late = await database.fetchval(_LATE, 60 / sizes.rate)
                work = (await work_of(database)).since(before[0])
                untold = await latencies.all_told(2 * 60 / sizes.rate + 5)
            stored, peak = await latencies.stored_seconds(database), peak_mb(ingestor)
        refused = sum(n for (_, status), n in (await wb.counts()).items() if status == 429)
        await database.close()
    return _Found(due, runs, lasted, used, peak, late, work, stored, latencies.told_seconds(), untold, refused)


async def _orders(latencies: Latencies, wb: Wbsim, sellers: list[Seller], sizes: Sizes) -> None:
    """Now and then an order in one of the cabinets that change."""
    chance = random.Random(5)
    changing = chance.sample(sellers, max(1, len(sellers) // CHANGING))
    until = asyncio.get_running_loop().time() + sizes.seconds
    while asyncio.get_running_loop().time() < until:
        await latencies.order(wb, chance.choice(changing))
        await asyncio.sleep(sizes.order_every)


async def _runs(http: httpx.AsyncClient, port: int) -> float:
    text = (await http.get(f"http://127.0.0.1:{port}/metrics", timeout=60)).text
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith("pulse_sync_runs_total"))


def _figures(count: int, sizes: Sizes, found: _Found) -> Figures:
    of = f"{count:,} cabinets"
    work, per_second = found.work, found.due_per_second
    cpu, statements = found.cpu_seconds / max(1.0, found.runs), work.statement_seconds / max(1.0, found.runs)
    wal_day = work.wal_bytes / max(1.0, found.runs) * per_second / count * DAY_OF * DAY / sizes.rate
    state_hot = 100 * work.state_hot_updates / max(1.0, work.state_updates)
    return {
        f"{of}: runs due": entry(per_second, None, "runs/s"),
        f"{of}: runs": entry(found.runs / found.seconds, None, "runs/s"),
        f"{of}: orders later than a minute at the end": entry(found.late, None, "cabinets"),
        f"{of}: processor time of the ingestor": entry(found.per_run(found.cpu_seconds), None, "ms/run", digits=2),
        f"{of}: … of PostgreSQL": entry(found.per_run(work.cpu_seconds), None, "ms/run", digits=2),
        f"{of}: time in statements": entry(1_000 * statements, None, "ms/run", digits=2),
        f"{of}: transactions": entry(work.transactions / max(1.0, found.runs), None, "per run", digits=2),
        f"{of}: WAL": entry(work.wal_bytes / max(1.0, found.runs) / 1e3, None, "kB/run", digits=2),
        f"{of}: updates of sync_state that are HOT": entry(state_hot, None, "%"),
        f"{of}: rows of sync_logs": entry(work.log_rows / max(1.0, found.runs), None, "per run", digits=3),
        f"{of}: the ingestor's peak memory": entry(found.peak_mb, None, "MB"),
        f"{of}: shown to stored, p95": entry(percentile(found.stored, 0.95), None, "s"),
        f"{of}: stored to told, p95": entry(_told_after(found), None, "s"),
        f"{of}: not told": entry(found.untold, None, "orders"),
        f"{of}: answers 429": entry(found.refused, None, "answers"),
        f"WAL of an idle day of {DAY_OF:,}, by the runs of {of}": entry(wal_day / 1e9, None, "GB"),
        f"processes for {MANY:,}, by the runs of {of}": entry(
            per_second / count * MANY / sizes.rate * cpu / BUSY, None, "processes"
        ),
    }


def _told_after(found: _Found) -> float | None:
    stored, told = percentile(found.stored, 0.95), percentile(found.told, 0.95)
    return None if stored is None or told is None else told - stored


if __name__ == "__main__":
    run(measure, Sizes())

"""Order changes folded by the reporter: how many a second, and how soon a live one is reported.

Beside the folding, on the same server in the same run: the bare set-based upsert of the same facts. Each way runs in
processes of its own, in turns, and the median counts. Live events go through a broker and the reporter's own process.
"""

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from statistics import median
from typing import Any

from demo.accounting import percentile
from support.databases import fresh_databases

from bench.command import run, say
from bench.figures import Figures, entry
from bench.folding_worker import CASES, ORDERS
from bench.live_orders import WARM_UP_SECONDS, Rate, through_reporter

EVENTS_OF = (500, 100)
WORKER_SECONDS = 600
"""A process that takes longer is ended, where `make bench` does not end the part before that."""


@dataclass(frozen=True)
class Sizes:
    """How often the folding is measured; of live orders, each an event of its own, how many come."""

    rounds: int = 3
    cabinets: int = 200
    live_per_second: int = 200
    live_items: int = 300
    live_seconds: float = 30.0


async def measure(sizes: Sizes) -> Figures:
    """Needs DATABASE_URL (an administrator's), REDIS_URL and RABBITMQ_URL."""
    figures: Figures = {}
    for size in EVENTS_OF:
        figures |= await _folding(size, sizes.rounds)
    return figures | await _reporting(sizes)


async def _reporting(sizes: Sizes) -> Figures:
    rate = Rate(sizes.cabinets, sizes.live_per_second, 1, sizes.live_items)
    async with fresh_databases(os.environ["DATABASE_URL"]) as databases, through_reporter(databases, rate) as (live, _):
        await live.during(asyncio.sleep(WARM_UP_SECONDS), "warming up")
        told = await live.during(asyncio.sleep(sizes.live_seconds), "live events")
    return {
        f"orders.updated to orders.reported, p{percent}, {sizes.live_per_second} events/s": entry(
            percentile(told.milliseconds, percent / 100), None, "ms"
        )
        for percent in (50, 99)
    }


async def _folding(size: int, rounds: int) -> Figures:
    answers: dict[str, list[dict[str, Any]]] = {"bare": [], "ours": []}
    async with fresh_databases(os.environ["DATABASE_URL"]) as fresh:
        await (await fresh.connect("reporter")).close()
        for turn in range(rounds):
            say(f"folding events of {size}, round {turn + 1} of {rounds}")
            for way, found in answers.items():
                found.append(await asyncio.to_thread(_run, way, fresh.urls["reporter"], size))
    figures: Figures = {}
    for case in CASES:
        ours, bare = (median(answer[case]["rate"] for answer in answers[way]) for way in ("ours", "bare"))
        name = f"{ORDERS:,} order changes folded in events of {size}, all {case}"
        figures[name] = entry(ours, bare, "orders/s", digits=None)
    peak = max(answer["peak_mb"] for answer in answers["ours"])
    return figures | {f"… in events of {size}, peak memory": entry(peak, None, "MB", digits=None)}


def _run(way: str, url: str, size: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.folding_worker", way, url, os.environ["REDIS_URL"], str(size)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=WORKER_SECONDS)
    if done.returncode:
        raise RuntimeError(f"{command[:4]} failed: {done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


if __name__ == "__main__":
    run(measure, Sizes())

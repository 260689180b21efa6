"""Order changes folded by the reporter: how many a second, and how soon a live one is reported.

Beside the folding, on the same server in the same run: the bare set-based upsert of the same facts. Each way runs in
processes of its own, in turns, and the median counts. Live events go through a broker and the reporter's own process.
"""

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import replace
from statistics import median
from typing import Any

from demo.accounting import percentile
from support.databases import fresh_databases

from bench import lanes
from bench.folding_worker import CASES, ORDERS

Figures = dict[str, dict[str, Any]]

ROUNDS = 3
EVENTS_OF = (500, 100)
LIVE = lanes.Sizes(live_per_second=200, live_event=1, alone_seconds=30)
"""200 events a second of an order each, of 200 cabinets."""


async def measure(*, rounds: int = ROUNDS, live: lanes.Sizes = LIVE) -> Figures:
    """Name → {ours, bare, ratio, unit}. Needs DATABASE_URL (an administrator's), REDIS_URL and RABBITMQ_URL."""
    figures: Figures = {}
    for size in EVENTS_OF:
        figures |= await _folding(size, rounds)
    latencies = await lanes.live(live)
    for share in (50, 99):
        late = percentile(latencies, share / 100)
        figures[f"orders.updated to orders.reported, p{share}, {live.live_per_second // live.live_event} events/s"] = {
            "ours": late and round(late, 1), "bare": None, "ratio": None, "unit": "ms"
        }  # fmt: skip
    return figures


async def _folding(size: int, rounds: int) -> Figures:
    answers: dict[str, list[dict[str, Any]]] = {"bare": [], "ours": []}
    async with fresh_databases(os.environ["DATABASE_URL"]) as fresh:
        await (await fresh.connect("reporter")).close()
        for _ in range(rounds):
            for way, found in answers.items():
                found.append(await asyncio.to_thread(_run, way, fresh.urls["reporter"], size))
    figures: Figures = {}
    for case in CASES:
        ours, bare = (median(answer[case]["rate"] for answer in answers[way]) for way in ("ours", "bare"))
        name = f"{ORDERS:,} order changes folded in events of {size}, all {case}"
        figures[name] = {"ours": round(ours), "bare": round(bare), "ratio": round(ours / bare, 2), "unit": "orders/s"}
    peak = max(answer["peak_mb"] for answer in answers["ours"])
    figures[f"… in events of {size}, peak memory"] = {
        "ours": round(peak), "bare": None, "ratio": None, "unit": "MB"
    }  # fmt: skip
    return figures


def _run(way: str, url: str, size: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.folding_worker", way, url, os.environ["REDIS_URL"], str(size)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[:4]} failed: {done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def main() -> None:
    """Measure on servers of its own and print; sizes of the live part as NAME=NUMBER arguments."""
    from local import servers

    given = (argument.partition("=") for argument in sys.argv[1:])
    live = replace(LIVE, **{name: type(getattr(LIVE, name))(value) for name, _, value in given})
    name = f"bench-folding-{os.getpid()}"
    os.environ.update(servers.start(name, ephemeral=True).env)
    try:
        print(json.dumps(asyncio.run(measure(live=live)), indent=2, ensure_ascii=False))
    finally:
        servers.destroy(name)


if __name__ == "__main__":
    main()

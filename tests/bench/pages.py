"""A page of 80,000 orders, from the bytes of WB's answer to rows, history, outbox and cursor.

Beside it, on the same server in the same run: a bare asyncpg `INSERT … ON CONFLICT DO UPDATE … WHERE IS DISTINCT FROM`
of the same rows made ready before the clock starts, and dlt's `merge` of the same page. Each way runs in processes of
its own, in turns, and the median counts.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from support import databases

from bench import page_rows
from bench.command import run, say
from bench.figures import Figures, entry

WORKER_SECONDS = 600
"""A process that takes longer is ended, where `make bench` does not end the part before that."""
CASES = {"new": "all new", "same": "nothing changed", "changed": "all changed"}
DLT = Path(".local/bench-dlt/bin/python")
"""An environment of its own, made by `make bench`."""


@dataclass(frozen=True)
class Sizes:
    """Of the page, and how often it is measured."""

    rows: int = 80_000
    rounds: int = 3


async def measure(sizes: Sizes) -> Figures:
    """Needs DATABASE_URL, an administrator's."""
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder) / "new.json", Path(folder) / "changed.json"
        for path, changed in zip(pages, (False, True), strict=True):
            path.write_bytes(page_rows.page(sizes.rows, changed=changed))
        ours: list[dict[str, Any]] = []
        bare: list[dict[str, Any]] = []
        async with databases.fresh_databases(os.environ["DATABASE_URL"]) as fresh:
            database = await fresh.connect("ingestor")
            await database.close()
            url = fresh.urls["ingestor"]
            for turn in range(sizes.rounds):
                say(f"a page of {sizes.rows:,} rows, round {turn + 1} of {sizes.rounds}")
                for way, answers in (("bare", bare), ("ours", ours)):
                    answers.append(_run([sys.executable, "-m", "bench.page_worker", way, url, *map(str, pages)]))
            say("the page by dlt")
            dlt = _dlt(fresh.admin_url, pages[0])
        size = pages[0].stat().st_size / 1e6
    return _figures(sizes.rows, size, ours, bare, dlt)


def _dlt(url: str, page: Path) -> dict[str, Any] | None:
    worker = Path(__file__).with_name("dlt_worker.py")
    return _run([str(DLT), str(worker), url, str(page)]) if DLT.exists() else None


def _run(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=WORKER_SECONDS)
    if done.returncode:
        raise RuntimeError(f"{command[:3]} failed: {done.stderr[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def _figures(
    rows: int, size_mb: float, ours: list[dict[str, Any]], bare: list[dict[str, Any]], dlt: dict[str, Any] | None
) -> Figures:
    def rate(answers: list[dict[str, Any]], case: str) -> float:
        return rows / float(median(answer[case]["seconds"] for answer in answers))

    figures: Figures = {}
    for case, words in CASES.items():
        name = f"page of {rows:,} orders ({size_mb:.0f} MB), {words}"
        figures[name] = entry(rate(ours, case), rate(bare, case), "rows/s", digits=None)
        if dlt is not None and case in dlt:
            figures[f"{name}, beside dlt's merge"] = entry(rate(ours, case), rows / dlt[case], "rows/s", digits=None)
        peak = max(answer[case]["peak_mb"] for answer in ours)
        bare_peak = max(answer[case]["peak_mb"] for answer in bare)
        figures[f"{name}, peak memory"] = entry(peak, bare_peak, "MB", digits=None)
        # Others may write beside it: the least is what the page wrote.
        wal, bare_wal = (min(answer[case]["wal_mb"] for answer in answers) for answers in (ours, bare))
        figures[f"{name}, WAL"] = entry(wal, bare_wal, "MB", digits=3)
    return figures


if __name__ == "__main__":
    run(measure, Sizes())

"""A page of 80,000 orders, from the bytes of WB's answer to rows, history, outbox and cursor.

Beside it, on the same server in the same run: a bare asyncpg `INSERT … ON CONFLICT DO UPDATE … WHERE IS DISTINCT FROM`
of the same rows made ready before the clock starts, and dlt's `merge` of the same page. Each way runs in processes of
its own, in turns, and the median counts.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from support import databases

from bench import page_rows

Figures = dict[str, dict[str, Any]]

ROWS = 80_000
ROUNDS = 3
CASES = {"new": "all new", "same": "nothing changed", "changed": "all changed"}
DLT = Path(".local/bench-dlt/bin/python")
"""An environment of its own, made by `make bench`."""


async def measure(*, rows: int = ROWS, rounds: int = ROUNDS) -> Figures:
    """Name → {ours, bare, ratio, unit}. Needs DATABASE_URL, an administrator's."""
    with tempfile.TemporaryDirectory() as folder:
        pages = Path(folder) / "new.json", Path(folder) / "changed.json"
        for path, changed in zip(pages, (False, True), strict=True):
            path.write_bytes(page_rows.page(rows, changed=changed))
        ours: list[dict[str, Any]] = []
        bare: list[dict[str, Any]] = []
        async with databases.fresh_databases(os.environ["DATABASE_URL"]) as fresh:
            database = await fresh.connect("ingestor")
            await database.close()
            url = fresh.urls["ingestor"]
            for _ in range(rounds):
                for way, answers in (("bare", bare), ("ours", ours)):
                    answers.append(_run([sys.executable, "-m", "bench.page_worker", way, url, *map(str, pages)]))
            dlt = _dlt(fresh.admin_url, pages[0])
        size = pages[0].stat().st_size / 1e6
    return _figures(rows, size, ours, bare, dlt)


def _dlt(url: str, page: Path) -> dict[str, Any] | None:
    worker = Path(__file__).with_name("dlt_worker.py")
    return _run([str(DLT), str(worker), url, str(page)]) if DLT.exists() else None


def _run(command: list[str]) -> dict[str, Any]:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
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
        figures[name] = _entry(rate(ours, case), rate(bare, case), "rows/s")
        if dlt is not None and case in dlt:
            figures[f"{name}, beside dlt's merge"] = _entry(rate(ours, case), rows / dlt[case], "rows/s")
        peak = max(answer[case]["peak_mb"] for answer in ours)
        bare_peak = max(answer[case]["peak_mb"] for answer in bare)
        figures[f"{name}, peak memory"] = _entry(peak, bare_peak, "MB")
        # Others may write beside it: the least is what the page wrote.
        wal, bare_wal = (min(answer[case]["wal_mb"] for answer in answers) for answers in (ours, bare))
        figures[f"{name}, WAL"] = {"ours": round(wal, 3), "bare": round(bare_wal, 3), "ratio": None, "unit": "MB"}
    return figures


def _entry(ours: float, bare: float, unit: str) -> dict[str, Any]:
    return {"ours": round(ours), "bare": round(bare), "ratio": round(ours / bare, 2), "unit": unit}


async def main() -> None:
    """Measure on servers of its own and print."""
    from local import servers

    name = f"bench-pages-{os.getpid()}"
    os.environ.update(servers.start(name, ephemeral=True).env)
    try:
        print(json.dumps(await measure(), indent=2, ensure_ascii=False))
    finally:
        servers.destroy(name)


if __name__ == "__main__":
    asyncio.run(main())

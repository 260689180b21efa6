"""What Wildberries hides while a whole Pulse loads a shop, and what its nights make of it, beside the truth."""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
from demo.database import look
from demo.installation import Installation, installation, wait_until
from support.holes import KEYS, PATHS
from wbsim.withholding import days_before, moscow_date

Say = Callable[[str], None]

SCENARIO = Path(__file__).with_name("holes.toml")
NIGHT_SECONDS = 240
MOST_NIGHTS = 6

_LET_NIGHT_COME = """
    INSERT INTO ingestor.reconciliations (cabinet_id, resource, due_at)
    SELECT cabinet_id, resource, now() FROM ingestor.sync_state WHERE resource = ANY ($1::text[]) AND first_load_done
    ON CONFLICT (cabinet_id, resource) DO UPDATE SET due_at = now() WHERE reconciliations.range_id IS NULL
"""
_TABLES = {
    "orders": ("orders", "srid", "content_hash"),
    "sales": ("sales", "sale_id", "content_hash"),
    "fbs_orders": ("fbs_orders", "fbs_order_id", "content_hash"),
    "finance": ("finance", "report_id, rrd_id", "content_hash"),
    "feedbacks": ("feedbacks", "id", "content_hash"),
    "questions": ("questions", "id", "content_hash"),
}
"""Table, key and hash of what is compared. The order feed has the orders' table, and a week less of them."""

Rows = dict[tuple[str, ...], str | None]


@dataclass(frozen=True)
class Mended:
    """By resource: rows that were missing before the first night, late rows that nights named, rows missing at last."""

    missing: dict[str, int]
    named: dict[str, int]
    left: dict[str, int]
    nights: int
    unnamed_days: list[str]

    @property
    def is_clean(self) -> bool:
        """Something was missing of everything; every day of it was named; nothing is missing any more."""
        return all(self.missing.values()) and not any(self.left.values()) and not self.unnamed_days

    def as_dict(self) -> dict[str, int]:
        """For JSON."""
        return {
            "hidden_rows": sum(self.missing.values()),
            "named_rows": sum(self.named.values()),
            "hidden_rows_left": sum(self.left.values()),
            "nights": self.nights,
            "holes_without_a_name": len(self.unnamed_days),
        }


def run_holes(prefix: str, *, orders: int, seed: int, say: Say) -> Mended:
    """Hide some of everything while a shop is loaded; then pass nights, which miss pages too, until all is there."""
    options = ["--scenario", str(SCENARIO), "--seed", str(seed)]
    with installation(prefix, history_orders=orders, progress=say, wb_options=options) as pulse:
        rng = Random(seed)
        for path in (PATHS[name] for name in _TABLES):
            first = rng.randrange(6, 40)
            _fault(pulse, path=path, kind="held_back", share=rng.uniform(0.05, 0.3))
            days = days_before(time.time(), first + rng.randrange(2, 9), first)
            _fault(pulse, path=path, kind="missing_days", days=days)
            _fault(pulse, path=path, kind="dropped_pages", share=0.2)
        cabinet_id = pulse.connect_cabinet(say)
        wait_until("what is older is loaded too", lambda: _open_ranges(pulse) == 0, NIGHT_SECONDS)
        pulse.wildberries.control.delete("/_sim/faults").raise_for_status()
        missing = {name: _missing(pulse, name) for name in _TABLES}
        say(f"missing: { {name: len(rows) for name, rows in missing.items()} }")
        for name in _TABLES:
            _fault(pulse, path=PATHS[name], kind="dropped_pages", share=0.2)
        left, nights = missing, 0
        while any(left.values()) and nights < MOST_NIGHTS:
            nights += 1
            _pass_night(pulse)
            left = {name: _missing(pulse, name) for name in _TABLES}
            say(f"night {nights}: left { {name: len(rows) for name, rows in left.items()} }")
        named = {name: _named(pulse, cabinet_id, name) for name in _TABLES}
        return Mended(
            {name: len(rows) for name, rows in missing.items()},
            {name: sum(days.values()) for name, days in named.items()},
            {name: len(rows) for name, rows in left.items()},
            nights,
            [f"{name} {day}" for name, rows in missing.items() for day in set(rows.values()) if day not in named[name]],
        )


def _fault(pulse: Installation, **body: Any) -> None:
    pulse.wildberries.control.post("/_sim/faults", json=body).raise_for_status()


def _missing(pulse: Installation, resource: str) -> Rows:
    """Rows that are there and not stored, each with its day; of the days that were over a week ago."""
    answer = pulse.wildberries.control.get(f"/_sim/truth/{resource}").raise_for_status().json()["rows"]
    there = {tuple(str(row[name]) for name in KEYS[resource]): moscow_date(json.dumps(row).encode()) for row in answer}
    table, key, digest = _TABLES[resource]

    async def query(connection: asyncpg.Connection) -> set[tuple[str, ...]]:
        found = await connection.fetch(f"SELECT {key} FROM ingestor.{table} WHERE {digest} IS NOT NULL")
        return {tuple(map(str, row)) for row in found}

    known = look(pulse.admin_database_url, query)
    # What is younger may be on its way, or be found by the readings of news themselves.
    [newest] = days_before(time.time(), 5, 5)
    return {row: day for row, day in there.items() if row not in known and day is not None and day < newest}


def _open_ranges(pulse: Installation) -> int:
    async def query(connection: asyncpg.Connection) -> int:
        return int(await connection.fetchval("SELECT count(*) FROM ingestor.sync_ranges WHERE ended_at IS NULL"))

    return look(pulse.admin_database_url, query)


def _pass_night(pulse: Installation) -> None:
    async def begin(connection: asyncpg.Connection) -> None:
        await connection.execute(_LET_NIGHT_COME, list(_TABLES))

    async def left(connection: asyncpg.Connection) -> int:
        return int(
            await connection.fetchval(
                "SELECT count(*) FROM ingestor.reconciliations WHERE range_id IS NOT NULL OR due_at <= now()"
            )
        )

    look(pulse.admin_database_url, begin)
    wait_until("the night is over", lambda: look(pulse.admin_database_url, left) == 0, NIGHT_SECONDS)


def _named(pulse: Installation, cabinet_id: str, resource: str) -> Counter[str]:
    """The late rows of each day that the gateway tells of."""
    query = {"cabinet_id": cabinet_id, "resource": resource}
    answer = pulse.api.get("/api/v1/sync/completeness", params=query).raise_for_status().json()
    [shown] = answer["data"]["resources"]
    return Counter({gap["day"]: gap["rows"] for gap in shown["gaps"] if gap["kind"] == "late"})

"""What Wildberries hides while a whole Pulse loads a shop, and what its nights make of it, beside the truth.

The funnel has no nights: each reading has all seven days that Wildberries tells, so that the next one closes its gaps.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import asyncpg
from bench.command import say as progress
from demo.database import look
from demo.installation import Installation, installation, wait_until
from support.holes import KEYS, PATHS
from wbsim.withholding import days_before, moscow_date

Say = Callable[[str], None]

HIDDEN_FROM = 6_000
"""Orders of the shop of which Wildberries hides a part."""

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

_FUNNEL = "funnel"
_GAPS = {"funnel_gap_share": 0.3, "funnel_gap_seconds": 30 * 86_400}
_NO_GAPS = {"funnel_gap_share": 0, "funnel_gap_seconds": 0}
_SUMS = {
    ("orders", "price_with_disc"): "priceWithDisc",
    ("sales", "for_pay"): "forPay",
    ("finance", "for_pay"): "forPay",
    ("finance", "retail_amount"): "retailAmount",
    ("finance", "delivery_service"): "deliveryService",
    ("finance", "paid_storage"): "paidStorage",
    ("funnel", "order_sum"): "orderSum",
    ("funnel", "order_count"): "orderCount",
    ("funnel", "buyout_sum"): "buyoutSum",
}
"""Columns whose sums are compared, and what Wildberries calls them."""

Rows = dict[tuple[str, ...], str | None]


@dataclass(frozen=True)
class Mended:
    """By resource: rows that were missing before the first night, late rows that nights named, rows missing at last."""

    missing: dict[str, int]
    named: dict[str, int]
    left: dict[str, int]
    nights: int
    unnamed_days: list[str]
    sums: dict[str, tuple[Decimal, Decimal]]
    """By table and column: of what is stored, and of the truth."""

    @property
    def sums_that_differ(self) -> int:
        """How many, of all."""
        return sum(ours != theirs for ours, theirs in self.sums.values())

    @property
    def is_clean(self) -> bool:
        """Something was missing of everything; every day of it was named; nothing is missing any more, nor a kopeck."""
        is_whole = not any(self.left.values()) and not self.sums_that_differ
        return all(self.missing.values()) and is_whole and not self.unnamed_days

    def as_dict(self) -> dict[str, int]:
        """For JSON."""
        return {
            "hidden_rows": sum(self.missing.values()),
            "named_rows": sum(self.named.values()),
            "hidden_rows_left": sum(self.left.values()),
            "nights": self.nights,
            "holes_without_a_name": len(self.unnamed_days),
            "sums_that_differ": self.sums_that_differ,
        }


def show_holes(seed: int) -> tuple[dict[str, int], bool]:
    """The whole of it with a table for who watches: what is counted, and whether nothing is wrong."""
    mended = run_holes("holes", orders=HIDDEN_FROM, seed=seed, say=progress)
    lines = [f"{'hidden':<12} {'rows':>6} {'named':>6} {'left':>6}"]
    for name, rows in mended.missing.items():
        lines.append(f"{name:<12} {rows:>6} {mended.named.get(name, ''):>6} {mended.left[name]:>6}")
    lines += [f"{what:<40} {ours:>16,.2f} {theirs:>16,.2f}" for what, (ours, theirs) in mended.sums.items()]
    lines += [f"! not named: {day}" for day in mended.unnamed_days[:20]]
    print("\n".join(lines), file=sys.stderr)
    return mended.as_dict(), mended.is_clean


def run_holes(prefix: str, *, orders: int, seed: int, say: Say) -> Mended:
    """Hide some of everything while a shop is loaded; then pass nights, which miss pages too, until all is there."""
    options = ["--scenario", str(SCENARIO), "--seed", str(seed)]
    with installation(prefix, history_orders=orders, progress=say, wb_options=options) as pulse:
        rng = Random(seed)
        _behave(pulse, **_GAPS)
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
        hidden = _missing_of_funnel(pulse)
        say(f"missing: { {name: len(rows) for name, rows in missing.items()} | {_FUNNEL: hidden} }")
        _behave(pulse, **_NO_GAPS)
        for name in _TABLES:
            _fault(pulse, path=PATHS[name], kind="dropped_pages", share=0.2)
        left, nights = missing, 0
        while any(left.values()) and nights < MOST_NIGHTS:
            nights += 1
            _pass_night(pulse)
            left = {name: _missing(pulse, name) for name in _TABLES}
            say(f"night {nights}: left { {name: len(rows) for name, rows in left.items()} }")
        named = {name: _named(pulse, cabinet_id, name) for name in _TABLES}
        pulse.wildberries.control.delete("/_sim/faults").raise_for_status()
        pulse.sync_now(cabinet_id, NIGHT_SECONDS, everything=True)
        return Mended(
            {name: len(rows) for name, rows in missing.items()} | {_FUNNEL: hidden},
            {name: sum(days.values()) for name, days in named.items()},
            {name: len(rows) for name, rows in left.items()} | {_FUNNEL: _missing_of_funnel(pulse)},
            nights,
            [f"{name} {day}" for name, rows in missing.items() for day in set(rows.values()) if day not in named[name]],
            {f"{table}.{column}": _sums(pulse, table, column, field) for (table, column), field in _SUMS.items()},
        )


def _fault(pulse: Installation, **body: Any) -> None:
    pulse.wildberries.control.post("/_sim/faults", json=body).raise_for_status()


def _behave(pulse: Installation, **settings: Any) -> None:
    pulse.wildberries.control.post("/_sim/settings", json=settings).raise_for_status()


def _truth(pulse: Installation, section: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        pulse.wildberries.control.get(f"/_sim/truth/{section}").raise_for_status().json()["rows"]
    )
    return found


def _missing_of_funnel(pulse: Installation) -> int:
    """Days of cards that are there and not stored."""
    there = {(str(row["nmId"]), row["day"]) for row in _truth(pulse, _FUNNEL)}

    async def query(connection: asyncpg.Connection) -> set[tuple[str, ...]]:
        found = await connection.fetch("SELECT nm_id, day FROM ingestor.funnel WHERE content_hash IS NOT NULL")
        return {tuple(map(str, row)) for row in found}

    return len(there - look(pulse.admin_database_url, query))


def _sums(pulse: Installation, table: str, column: str, field: str) -> tuple[Decimal, Decimal]:
    """What a column comes to, as stored and as it should."""
    theirs = sum((Decimal(str(row[field] or 0)) for row in _truth(pulse, table)), Decimal())

    async def query(connection: asyncpg.Connection) -> Decimal:
        return Decimal(await connection.fetchval(f"SELECT coalesce(sum({column}), 0) FROM ingestor.{table}"))

    return look(pulse.admin_database_url, query), theirs


def _missing(pulse: Installation, resource: str) -> Rows:
    """Rows that are there and not stored, each with its day; of the days that were over a week ago."""
    answer = _truth(pulse, resource)
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

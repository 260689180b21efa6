"""The shadow compared with the tables in use, row by row: what differs, in which figures, and by how much at most."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.rebuild import copies
from reporter.rebuild.shadow import LIVE, SHADOW

_LIVE_COLUMNS = text("""
SELECT column_name FROM information_schema.columns
WHERE table_schema = CAST(:schema AS text) AND table_name = CAST(:table AS text)
""")


@dataclass
class Difference:
    """Of one figure (or column): in how many rows it differs, and where by most."""

    rows: int = 0
    largest: Decimal = Decimal(0)
    example: str = ""

    def add(self, key: str, live: Any, shadow: Any) -> None:
        """Another row that differs."""
        self.rows += 1
        by = _distance(live, shadow)
        if not self.example or by > self.largest:
            self.largest, self.example = by, f"{key}: {live} in use, {shadow} rebuilt"


@dataclass
class TableDifferences:
    """What differs in a table. Facts that only the table in use has are not in the log any more, and are kept."""

    rows: int = 0
    only_live: int = 0
    only_shadow: int = 0
    differing: int = 0
    figures: dict[str, Difference] = field(default_factory=dict)
    not_live: list[str] = field(default_factory=list)
    """Columns that the code at hand has, and the table in use has not."""

    @property
    def total(self) -> int:
        """Rows that are not the same in both."""
        return self.only_live + self.only_shadow + self.differing


Differences = Mapping[str, TableDifferences]


async def compare(connection: AsyncConnection, cabinet_id: UUID) -> Differences:
    """Every table that a rebuild makes; rows are the same if PostgreSQL writes them with the same bytes."""
    return {
        table.name: await _compare_table(connection, table, cabinet_id)
        for table in [*copies.facts(), *copies.figures()]
    }


async def live_columns(connection: AsyncConnection, table: sa.Table) -> list[str]:
    """The columns that the table has where it is in use, of those that the code at hand has."""
    found = set((await connection.execute(_LIVE_COLUMNS, {"schema": LIVE, "table": table.name})).scalars())
    return [str(column.name) for column in table.columns if column.name in found]


def differing_rows(table: sa.Table, columns: Sequence[str]) -> str:
    """SQL: `live` and `shadow` rows of `:cabinet_id` by their key where they are not the same."""
    key = copies.key_of(table)
    same_key = " AND ".join(f"live.{name} = shadow.{name}" for name in key)
    live, shadow = (f"CAST(ROW({', '.join(f'{side}.{name}' for name in columns)}) AS text)" for side in SIDES)
    return f"""
        FROM (SELECT * FROM {LIVE}.{table.name} WHERE cabinet_id = CAST(:cabinet_id AS uuid)) AS live
        FULL JOIN (SELECT * FROM {SHADOW}.{table.name} WHERE cabinet_id = CAST(:cabinet_id AS uuid)) AS shadow
            ON {same_key}
        WHERE {live} IS DISTINCT FROM {shadow}
    """


SIDES = ("live", "shadow")


async def _compare_table(connection: AsyncConnection, table: sa.Table, cabinet_id: UUID) -> TableDifferences:
    found = TableDifferences()
    columns = await live_columns(connection, table)
    found.not_live = [str(column.name) for column in table.columns if column.name not in columns]
    if not columns:
        return found
    values = {"cabinet_id": cabinet_id}
    counted = text(f"SELECT count(*) FROM {LIVE}.{table.name} WHERE cabinet_id = CAST(:cabinet_id AS uuid)")
    found.rows = (await connection.execute(counted, values)).scalar_one()
    as_json = ", ".join(f"CAST(to_jsonb({side}) AS text) AS {side}" for side in SIDES)
    present = ", ".join(f"{side}.cabinet_id IS NOT NULL AS in_{side}" for side in SIDES)
    key = copies.key_of(table)
    rows = await connection.stream(text(f"SELECT {present}, {as_json} {differing_rows(table, columns)}"), values)
    async for row in rows:
        if row.in_live and row.in_shadow:
            live, shadow = (json.loads(side, parse_float=Decimal) for side in (row.live, row.shadow))
            found.differing += 1
            where = " ".join(str(live[name]) for name in key[1:])
            for name in columns:
                _add(found.figures, name, where, live[name], shadow[name])
        elif row.in_live:
            found.only_live += 1
        else:
            found.only_shadow += 1
    return found


def _add(figures: dict[str, Difference], path: str, where: str, live: Any, shadow: Any) -> None:
    if live == shadow:
        return
    if isinstance(live, dict) and isinstance(shadow, dict):
        for name in sorted(live.keys() | shadow.keys()):
            _add(figures, f"{path}.{name}", where, live.get(name), shadow.get(name))
        return
    figures.setdefault(path, Difference()).add(where, live, shadow)


def _distance(live: Any, shadow: Any) -> Decimal:
    try:
        return abs(Decimal(str(live)) - Decimal(str(shadow)))
    except InvalidOperation:
        return Decimal(0)


def lines(differences: Differences) -> Iterator[str]:
    """The report: a line for each table, and one for each figure that differs."""
    for name, table in differences.items():
        said = [f"{name}: {table.rows} rows in use"]
        said += [f"{count} {what}" for count, what in _counts(name, table) if count]
        if table.not_live:
            said.append(f"not in use yet: {', '.join(table.not_live)}")
        yield ", ".join(said if len(said) > 1 else [*said, "the same"])
        for path, difference in sorted(table.figures.items(), key=lambda each: -each[1].rows):
            by = f", by {difference.largest} at most" if difference.largest else ""
            yield f"  {path}: {difference.rows} rows{by}; {difference.example}"


def _counts(name: str, table: TableDifferences) -> Iterable[tuple[int, str]]:
    kept = name in {each.name for each in copies.facts()}
    return (
        (table.differing, "differ"),
        (table.only_live, "that the log has not, kept" if kept else "that the rebuild has not"),
        (table.only_shadow, "only rebuilt"),
    )

"""The SQL that stores the pages of a resource, made once from its table."""

from dataclasses import dataclass
from functools import cache

from ingestor.resources.resource import Resource
from ingestor.resources.table import data_names, sql_types

MASK_BITS = 60
"""Columns whose difference one bigint tells."""


@dataclass(frozen=True, slots=True)
class Statements:
    """SQL with `$1` for the cabinet.

    `compare`: places of the keys (`$3`…) that the table lacks, and of those it has with another digest (`$2`).
    `stage`: make the temporary table `staged`. `differences`: the staged rows that the table has, and not newer: place,
    next revision, whether the row was gone, whether it joins another source, the columns of `others` if any is set;
    then in bits which of the `compared` columns differ (those of `telling` make a change), and their earlier values
    where they do. `update`: put the staged rows that are changes into the table; `refresh`: those that are none.
    `as_text` columns are staged as text: asyncpg takes longer for a number than PostgreSQL for reading it. `json`
    columns hold JSON.
    """

    compare: str
    staged: str
    stage: str
    differences: str
    update: str
    refresh: str
    compared: tuple[str, ...]
    telling: tuple[int, ...]
    others: tuple[str, ...]
    as_text: frozenset[str]
    json: frozenset[str]


@cache
def statements(resource: Resource) -> Statements:
    """The statements of a resource."""
    table, names, keys, digest = resource.table.name, resource.names, resource.keys, resource.digest
    types = sql_types(resource.table)
    compared = tuple(name for name in names if name not in keys)
    others = tuple(name for name in data_names(resource.table) if name not in names)
    as_text = frozenset(name for name in compared if types[name].startswith("NUMERIC"))
    staged = f"staged_{resource.name}"
    staged_types = {name: "text" if name in as_text else types[name] for name in names}
    read = ", ".join(f"CAST({name} AS {types[name]})" if name in as_text else name for name in names)
    # OFFSET keeps PostgreSQL from reading a number anew wherever it is used.
    rows = f"(SELECT n, {digest}, {read} FROM {staged} OFFSET 0) AS s (n, {digest}, {', '.join(names)})"
    same_key = " AND ".join(f"t.{key} = s.{key}" for key in keys)
    version = resource.version
    newer = f" AND (t.{version} IS NULL OR t.{version} <= s.{version})" if version else ""
    arrays = ", ".join(f"CAST(${n} AS {types[key]}[])" for n, key in enumerate(keys, start=3))
    distinct = {name: f"t.{name} IS DISTINCT FROM s.{name}" for name in compared}
    bits = [f"(CAST({test} AS integer)::bigint << {n % MASK_BITS})" for n, test in enumerate(distinct.values())]
    masks = [" | ".join(bits[first : first + MASK_BITS]) for first in range(0, len(bits), MASK_BITS)]
    earlier = [f"CASE WHEN {test} THEN {_told(name, types[name])} END" for name, test in distinct.items()]
    telling = [name not in resource.unhashed for name in compared]
    differs = " OR ".join(["t.gone", *(test for test, tells in zip(distinct.values(), telling, strict=True) if tells)])
    theirs = ", ".join(_told(name, types[name]) for name in others)
    wrote = f"num_nonnulls({', '.join(f't.{name}' for name in others)}) > 0"
    assigned = ", ".join(f"{name} = s.{name}" for name in compared)
    return Statements(
        compare=f"""
            SELECT array_agg(s.n) FILTER (WHERE t.cabinet_id IS NULL),
                array_agg(s.n) FILTER (WHERE t.cabinet_id IS NOT NULL)
            FROM unnest(CAST($2 AS bigint[]), {arrays})
                WITH ORDINALITY AS s (digest, {", ".join(keys)}, n)
            LEFT JOIN {table} AS t ON t.cabinet_id = $1 AND {same_key}
            WHERE t.{digest} IS DISTINCT FROM s.digest OR t.gone
        """,
        staged=staged,
        # A join of a page's rows within the memory of one page.
        stage=f"""
            SET LOCAL work_mem = '64MB';
            CREATE TEMPORARY TABLE IF NOT EXISTS {staged} (n integer, {digest} bigint,
                {", ".join(f"{name} {staged_types[name]}" for name in names)}) ON COMMIT DELETE ROWS
        """,
        differences=f"""
            SELECT s.n, t.revision + 1, t.gone, t.{digest} IS NULL,
                {f"CASE WHEN {wrote} THEN ROW({theirs}) END" if others else "NULL"}, {", ".join([*masks, *earlier])}
            FROM {rows} JOIN {table} AS t ON t.cabinet_id = $1 AND {same_key}{newer}
        """,
        update=f"""
            UPDATE {table} AS t SET {assigned}, {digest} = s.{digest}, gone = false, revision = t.revision + 1,
                changed_at = now()
            FROM {rows} WHERE t.cabinet_id = $1 AND {same_key}{newer} AND ({differs})
        """,
        refresh=f"""
            UPDATE {table} AS t SET {assigned}, {digest} = s.{digest}
            FROM {rows} WHERE t.cabinet_id = $1 AND {same_key}{newer} AND t.{digest} IS DISTINCT FROM s.{digest}
        """,
        compared=compared,
        telling=tuple(
            sum(1 << bit for bit, tells in enumerate(telling[first : first + MASK_BITS]) if tells)
            for first in range(0, len(telling), MASK_BITS)
        ),
        others=others,
        as_text=as_text,
        json=frozenset(name for name in data_names(resource.table) if types[name] == "JSONB"),
    )


def _told(name: str, sql_type: str) -> str:
    return f"CAST(t.{name} AS text)" if sql_type == "JSONB" else f"t.{name}"

"""The SQL that stores the pages of a resource, made once from its table."""

from dataclasses import dataclass
from functools import cache

from servicekit.sql_types import sql_types

from ingestor.resources.resource import Resource, Storage
from ingestor.resources.table import data_names

MASK_BITS = 60
"""Columns whose difference one bigint tells."""


@dataclass(frozen=True, slots=True)
class Statements:
    """SQL with `$1` for the cabinet.

    `compare`: places of the keys (`$3`…) that the table lacks, and of those it has with another digest (`$2`).
    `stage`: make the temporary table `staged`. `emptied`: the places of staged rows that lose a value that is vital.
    `update`: put the staged rows that are changes, and not older than the table's, into it. It returns of each the
    place, the revision, whether it joins another source, the columns of `others` if any is set; then in bits, in so
    many `masks`, which of the `compared` columns differed, and their earlier values where they did. `refresh`: put the
    staged rows that are none into the table.
    `as_text` columns are staged as text: asyncpg takes longer for a number than PostgreSQL for reading it. `json`
    columns hold JSON.
    """

    compare: str
    staged: str
    stage: str
    emptied: str
    update: str
    refresh: str
    compared: tuple[str, ...]
    masks: int
    others: tuple[str, ...]
    as_text: frozenset[str]
    json: frozenset[str]


def statements(resource: Resource) -> Statements:
    """The statements of a resource."""
    return _made(resource.name, resource.storage)


@cache
def _made(name_of_resource: str, storage: Storage) -> Statements:
    table, names, keys, digest = (
        storage.table.name,
        storage.names,
        storage.keys,
        storage.digest,
    )
    types = sql_types(storage.table)
    compared = tuple(name for name in names if name not in keys)
    # What gives way to the other source is as that one has it.
    others = tuple(name for name in data_names(storage.table) if name not in names or name in storage.yields)
    as_text = frozenset(name for name in compared if types[name].startswith("NUMERIC"))
    staged = f"staged_{name_of_resource}"
    staged_types = {name: "text" if name in as_text else types[name] for name in names}
    read = ", ".join(f"CAST({name} AS {types[name]})" if name in as_text else name for name in names)
    # OFFSET keeps PostgreSQL from reading a number anew wherever it is used.
    rows = f"(SELECT n, {digest}, {read} FROM {staged} OFFSET 0) AS s (n, {digest}, {', '.join(names)})"
    same_key = " AND ".join(f"t.{key} = s.{key}" for key in keys)
    version = storage.version
    # What says to be later than now orders nothing: it would keep off all that comes.
    is_later = f"t.{version} IS NULL OR t.{version} <= s.{version} OR t.{version} > now() + interval '1 hour'"
    newer = f" AND ({is_later})" if version else ""
    arrays = ", ".join(f"CAST(${n} AS {types[key]}[])" for n, key in enumerate(keys, start=3))
    values = {name: f"s.{name}" for name in compared}
    for name, theirs in storage.yields.items():
        values[name] = f"CASE WHEN t.{theirs} IS NULL THEN s.{name} ELSE t.{name} END"
    distinct = {name: f"t.{name} IS DISTINCT FROM {value}" for name, value in values.items()}
    moved = [f"old.{name} IS DISTINCT FROM new.{name}" for name in compared]
    bits = [f"(CAST({test} AS integer)::bigint << {n % MASK_BITS})" for n, test in enumerate(moved)]
    masks = [" | ".join(bits[first : first + MASK_BITS]) for first in range(0, len(bits), MASK_BITS)]
    earlier = [
        f"CASE WHEN {test} THEN {_told(f'old.{name}', types[name])} END"
        for name, test in zip(compared, moved, strict=True)
    ]
    differs = " OR ".join(["t.gone", *(test for name, test in distinct.items() if name not in storage.untracked)])
    theirs = ", ".join(_told(f"new.{name}", types[name]) for name in others)
    only_theirs = ", ".join(f"old.{name}" for name in others if name not in names)
    wrote = f"num_nonnulls({only_theirs}) > 0"
    assigned = ", ".join(f"{name} = {value}" for name, value in values.items())
    loses = " OR ".join(f"t.{name} <> 0 AND coalesce(s.{name}, 0) = 0" for name in storage.vital)
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
        emptied=f"""
            SELECT s.n FROM {rows} JOIN {table} AS t ON t.cabinet_id = $1 AND {same_key}{newer}
            WHERE NOT t.gone AND ({loses or "false"})
        """,
        update=f"""
            UPDATE {table} AS t SET {assigned}, {digest} = s.{digest}, gone = false, revision = t.revision + 1,
                changed_at = now()
            FROM {rows} WHERE t.cabinet_id = $1 AND {same_key}{newer} AND ({differs})
            RETURNING s.n, new.revision, old.{digest} IS NULL,
                {f"CASE WHEN {wrote} THEN ROW({theirs}) END" if others else "NULL"}, {", ".join([*masks, *earlier])}
        """,
        refresh=f"""
            UPDATE {table} AS t SET {assigned}, {digest} = s.{digest}
            FROM {rows} WHERE t.cabinet_id = $1 AND {same_key}{newer} AND t.{digest} IS DISTINCT FROM s.{digest}
        """,
        compared=compared,
        masks=len(masks),
        others=others,
        as_text=as_text,
        json=frozenset(name for name in data_names(storage.table) if types[name] == "JSONB"),
    )


def _told(column: str, sql_type: str) -> str:
    return f"CAST({column} AS text)" if sql_type == "JSONB" else column

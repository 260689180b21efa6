"""What a service holds sealed: how much is sealed to which key, and all of it sealed anew to the newest one.

A page is a transaction, and a value is replaced only where it is still what was read: what was entered meanwhile stays.
So sealing anew may be killed at any moment and run again, beside everything else that goes on.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import text

from servicekit.crypto import CannotOpen, key_ids, reseal
from servicekit.db import Database

PAGE_ROWS = 500
_FIRST = UUID(int=0)

_KEY = "split_part({value}, '.', 1)"
_EACH = "jsonb_array_elements({column}) AS each"
_OF_COLUMN = "SELECT " + _KEY.format(value="{column}") + " AS key, count(*) AS rows FROM {table}"
_OF_LIST = "SELECT " + _KEY.format(value="each ->> 'sealed'") + " AS key, count(*) AS rows FROM {table}, " + _EACH
_PAGE = """
SELECT {id} AS id, CAST({column} AS text) AS value FROM {table}
WHERE {id} > :after AND {column} IS NOT NULL AND {is_older} ORDER BY {id} LIMIT :rows
"""
_REPLACE = """
UPDATE {table} AS held SET {column} = CAST(anew.value AS {type})
FROM unnest(CAST(:ids AS uuid[]), CAST(:was AS text[]), CAST(:anew AS text[])) AS anew (id, was, value)
WHERE held.{id} = anew.id AND held.{column} = CAST(anew.was AS {type})
"""


@dataclass(frozen=True)
class SealedColumn:
    """A column with sealed text, or with `is_list` a JSON array of objects whose `sealed` is.

    `belongs_to` says what the secret of a row is tied to, by the row's id.
    """

    table: str
    id: str
    column: str
    belongs_to: Callable[[UUID], str]
    is_list: bool = False

    @property
    def name(self) -> str:
        return f"{self.table}.{self.column}"

    def sql(self, statement: str) -> str:
        """The statement with the names of this column in their places; none of them is from outside."""
        one = f"{_KEY.format(value=self.column)} <> :newest"
        some = f"EXISTS (SELECT FROM {_EACH.format(column=self.column)} WHERE {_KEY} <> :newest)"
        return statement.format(
            table=self.table,
            id=self.id,
            column=self.column,
            type="jsonb" if self.is_list else "text",
            is_older=some.format(value="each ->> 'sealed'") if self.is_list else one,
        )


@dataclass(frozen=True)
class Sealed:
    """A value of a row: `value` is the column's text."""

    column: str
    id: UUID
    belongs_to: str
    value: str


@dataclass(frozen=True)
class Resealed:
    """What became of a column. `changed`: entered anew meanwhile, and left as it is; `unreadable`: no key opens it."""

    column: str
    resealed: int = 0
    changed: int = 0
    unreadable: Sequence[UUID] = ()


async def keys_in_use(database: Database, columns: Sequence[SealedColumn]) -> dict[str, Counter[str]]:
    """By column, how many secrets are sealed to the key of each id."""
    found = {}
    async with database.transaction() as connection:
        for column in columns:
            counting = column.sql(_OF_LIST if column.is_list else _OF_COLUMN)
            statement = f"{counting} WHERE {column.column} IS NOT NULL GROUP BY 1"
            rows = (await connection.execute(text(statement))).all()
            found[column.name] = Counter({row.key: row.rows for row in rows})
    return found


async def older(
    database: Database, column: SealedColumn, newest: str, *, after: UUID = _FIRST, rows: int = PAGE_ROWS
) -> list[Sealed]:
    """The next rows by id of which something is not sealed to the key of the id `newest`."""
    values = {"after": after, "rows": rows, "newest": newest}
    async with database.transaction() as connection:
        page = (await connection.execute(text(column.sql(_PAGE)), values)).all()
    return [Sealed(column.name, row.id, column.belongs_to(row.id), row.value) for row in page]


async def replace(database: Database, column: SealedColumn, anew: Sequence[tuple[UUID, str, str]]) -> int:
    """Put values in the place of those that were read, as (id, was, is to be); how many were still what they were."""
    values = {
        "ids": [each[0] for each in anew],
        "was": [each[1] for each in anew],
        "anew": [each[2] for each in anew],
    }
    async with database.transaction() as connection:
        return int((await connection.execute(text(column.sql(_REPLACE)), values)).rowcount)


def sealed_anew(value: str, *, private_keys: str, belongs_to: str, is_list: bool) -> str:
    """A column's text with everything in it sealed to the newest key.

    Raises:
        CannotOpen: some of it does not open.
    """
    if not is_list:
        return reseal(value, private_keys=private_keys, belongs_to=belongs_to)
    kept: list[dict[str, Any]] = json.loads(value)
    for each in kept:
        each["sealed"] = reseal(each["sealed"], private_keys=private_keys, belongs_to=belongs_to)
    return json.dumps(kept)


async def reseal_all(database: Database, columns: Sequence[SealedColumn], private_keys: str) -> list[Resealed]:
    """Seal everything anew that is sealed to an older key than the first one, page by page."""
    return [await _reseal_column(database, column, private_keys) for column in columns]


async def _reseal_column(database: Database, column: SealedColumn, private_keys: str) -> Resealed:
    newest, after = key_ids(private_keys)[0], _FIRST
    resealed, changed, unreadable = 0, 0, list[UUID]()
    while page := await older(database, column, newest, after=after):
        anew = []
        for each in page:
            try:
                value = sealed_anew(
                    each.value, private_keys=private_keys, belongs_to=each.belongs_to, is_list=column.is_list
                )
            except CannotOpen:
                unreadable.append(each.id)
            else:
                anew.append((each.id, each.value, value))
        replaced = await replace(database, column, anew)
        resealed, changed, after = resealed + replaced, changed + len(anew) - replaced, page[-1].id
    return Resealed(column.name, resealed, changed, unreadable)


# What another service keeps of ours goes through a pipe: it lists, we seal anew, it puts in place. What goes through is
# sealed, before and after.


async def listed(database: Database, columns: Sequence[SealedColumn], newest: str) -> AsyncIterator[dict[str, Any]]:
    """Everything that is sealed to another key than that of the id `newest`, as the lines of the pipe."""
    for column in columns:
        after = _FIRST
        while page := await older(database, column, newest, after=after):
            after = page[-1].id
            for each in page:
                yield {"column": each.column, "id": str(each.id), "belongs_to": each.belongs_to, "value": each.value}


def lines_sealed_anew(lines: Iterable[str], private_keys: str) -> Iterator[dict[str, Any]]:
    """Lines of the pipe with what each is to be in `anew`; what does not open has none, and is told by `unreadable`."""
    for line in lines:
        said = json.loads(line)
        is_list = said["value"].startswith("[")
        try:
            anew = sealed_anew(said["value"], private_keys=private_keys, belongs_to=said["belongs_to"], is_list=is_list)
        except CannotOpen as error:
            yield said | {"unreadable": str(error)}
        else:
            yield said | {"anew": anew}


async def put_in_place(
    database: Database, columns: Sequence[SealedColumn], lines: Iterable[Mapping[str, Any]]
) -> list[Resealed]:
    """Replace what came back through the pipe, unless it was entered anew meanwhile."""
    by_name = {column.name: column for column in columns}
    counted = {name: Resealed(name) for name in by_name}
    left = iter(lines)
    while page := list(islice(left, PAGE_ROWS)):
        for name, column in by_name.items():
            mine = [line for line in page if line["column"] == name]
            anew = [(UUID(line["id"]), line["value"], line["anew"]) for line in mine if "anew" in line]
            replaced = await replace(database, column, anew) if anew else 0
            was = counted[name]
            counted[name] = Resealed(
                name,
                was.resealed + replaced,
                was.changed + len(anew) - replaced,
                [*was.unreadable, *(UUID(line["id"]) for line in mine if "anew" not in line)],
            )
    return list(counted.values())

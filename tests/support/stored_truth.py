"""What an ingestor has stored and told, beside what wbsim says is true."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from ingestor.resources import RESOURCES
from servicekit.db import Database

from support.outbox_rows import published
from support.reading import NOW, parsed
from support.rows import rows
from support.told import TOLD

YEARS_LATER = NOW + timedelta(days=3 * 365)
"""What a row holds of the day on which we looked is not WB's to say: parsed on another one it differs."""

Key = tuple[Any, ...]


class Truth(Protocol):
    """Who knows what is true: wbsim."""

    async def rows(self, section: str, sid: str | None = None) -> list[dict[str, Any]]:
        """What a seller's shop holds in a section."""
        ...


async def differences_of(
    database: Database, wb: Truth, name: str, cabinet_id: UUID, *, sid: str | None = None, may_be_empty: bool = False
) -> list[str]:
    """How the rows of a resource differ from the truth of a shop (default: the first): a summary and some of them.

    In a short time a shop may have had nothing of a kind.
    """
    resource, told = RESOURCES[name], TOLD[name]
    answer = json.dumps(told.answer(await wb.rows(told.section, sid))).encode()
    truth, later = parsed(resource, answer), parsed(resource, answer, YEARS_LATER)
    assert not truth.broken, (name, truth.broken[:1])
    assert truth.rows or may_be_empty, f"the truth of {name} is empty: nothing was tried"
    ours = {
        column
        for row, other in zip(truth.rows, later.rows, strict=True)
        for column, value, another in zip(resource.storage.names, row, other, strict=True)
        if value != another
    }
    compared = [n for n, column in enumerate(resource.storage.names) if column not in ours | told.unsaid]
    at = [resource.storage.names.index(key) for key in resource.storage.keys]
    expected = {tuple(row[n] for n in at): tuple(_plain(row[n]) for n in compared) for row in truth.rows}
    names = [resource.storage.names[n] for n in compared]
    stored = await rows(
        database,
        f"SELECT {', '.join(resource.storage.names)} FROM {resource.storage.table.name} "
        f"WHERE cabinet_id = :id AND NOT gone AND {resource.storage.digest} IS NOT NULL",
        id=cabinet_id,
    )
    found = {
        tuple(row[key] for key in resource.storage.keys): tuple(_plain(row[name]) for name in names) for row in stored
    }
    missing = [f"missing {key}" for key in expected.keys() - found.keys()]
    too_many = [] if told.older else [f"should be gone: {key}" for key in found.keys() - expected.keys()]
    other = [
        f"{key}: {_unlike(names, found[key], expected[key])}"
        for key in expected.keys() & found.keys()
        if found[key] != expected[key]
    ]
    if not missing and not too_many and not other:
        return []
    summary = f"{len(expected)} rows, {len(missing)} missing, {len(too_many)} too many, {len(other)} differ"
    return [summary, *missing[:2], *too_many[:2], *other[:2]]


async def mistold(database: Database, *, currency: str | None = None) -> list[str]:
    """Rows of which a revision was told twice, or not at all, or in another currency than is given."""
    by_type = {resource.publishing.event.TYPE: resource for resource in RESOURCES.values()}
    revisions: dict[Key, list[int]] = {}
    wrong: list[str] = []
    for event in await published(database):
        resource = by_type.get(event.type)
        if resource is None:
            continue
        for row in getattr(event.data, resource.publishing.rows):
            key = (
                resource.storage.table.name,
                event.cabinetid,
                *(getattr(row, name) for name in resource.storage.keys),
            )
            revisions.setdefault(key, []).append(row.revision)
            # Statistics states no currency, and messages must not name another all the same.
            if currency and resource.publishing.in_sellers_currency and row.currency != currency:
                wrong.append(f"{key} in {row.currency}")
    stored = await _revisions(database)
    return wrong + [
        f"{key}: revisions {sorted(revisions.get(key, ()))} of {stored.get(key, 0)}"
        for key in stored.keys() | revisions.keys()
        if sorted(revisions.get(key, ())) != list(range(1, stored.get(key, 0) + 1))
    ]


async def _revisions(database: Database) -> dict[Key, int]:
    found: dict[Key, int] = {}
    for storage in {each.storage.table.name: each.storage for each in RESOURCES.values()}.values():
        names = ", ".join(storage.keys)
        for row in await rows(database, f"SELECT cabinet_id, revision, {names} FROM {storage.table.name}"):
            found[storage.table.name, row["cabinet_id"], *(row[name] for name in storage.keys)] = row["revision"]
    return found


def _unlike(names: Sequence[str], found: Key, expected: Key) -> list[tuple[str, Any, Any]]:
    return [(name, have, want) for name, have, want in zip(names, found, expected, strict=True) if have != want]


def _plain(value: Any) -> Any:
    """JSON as its value, however it is spelt."""
    return (
        json.loads(value)
        if isinstance(value, str) and value.startswith(("[", "{")) and value.endswith(("]", "}"))
        else value
    )

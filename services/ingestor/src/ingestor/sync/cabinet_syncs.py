"""The syncs of a cabinet: begun, asked for, stopped, taken back; stand-ins called in and sent home.

Whoever changes several rows of a cabinet has locked the cabinet before, so that two of them do not lock rows in
different orders. Who holds the row of a run, as pages and endings do, passes over other rows that are locked.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from contracts.wb_token import Category, TokenKind
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.refusals import SWITCHED_OFF
from ingestor.resources.resource import Resource
from ingestor.sync import odd_pages

_TOKENS = "SELECT DISTINCT kind, categories FROM cabinets WHERE kind IS NOT NULL AND {}"
# A stand-in waits for the day on which what it stands in for cannot be read.
_OPEN = """
    INSERT INTO sync_state (cabinet_id, resource, comes_first, next_run_at)
    SELECT c.cabinet_id, o.resource, o.comes_first, CASE WHEN o.waits THEN 'infinity' ELSE now() END
    FROM cabinets c JOIN jsonb_to_recordset(CAST(:open AS jsonb))
        AS o (kind text, categories text[], resource text, comes_first boolean, waits boolean)
        ON o.kind = c.kind AND o.categories IS NOT DISTINCT FROM c.categories
    WHERE {}
"""
_ONE, _ALL = "cabinet_id = :cabinet_id", "status = 'verified'"
_BEGIN = text(f"""{_OPEN.format(_ONE)}
    ON CONFLICT (cabinet_id, resource) DO UPDATE SET
        next_run_at = CASE WHEN sync_state.requests = '[]' THEN excluded.next_run_at ELSE now() END,
        suspended_reason = NULL, refusals = 0, refused_since = NULL, failures = 0, failing_told = false,
        last_error = NULL,
        late_at = NULL
""")
_BEGIN_NEW = text(f"{_OPEN.format(_ALL)} ON CONFLICT (cabinet_id, resource) DO NOTHING")
# What is locked, and so passed over, is put right when the next process starts.
_PUT_IN_ORDER = text("""
    UPDATE sync_state SET comes_first = NOT comes_first
    WHERE (cabinet_id, resource) IN (
        SELECT cabinet_id, resource FROM sync_state
        WHERE comes_first <> (resource = ANY (CAST(:first AS text[]))) FOR UPDATE SKIP LOCKED)
""")
# What is locked is being stopped, or runs and is called in or sent home when the next run ends.
_CALL_IN = text("""
    UPDATE sync_state SET next_run_at = now()
    WHERE (cabinet_id, resource) IN (
        SELECT cabinet_id, resource FROM sync_state
        WHERE cabinet_id = :cabinet_id AND resource = ANY (CAST(:resources AS text[])) AND next_run_at = 'infinity'
        FOR UPDATE SKIP LOCKED)
""")
_SEND_HOME = text("""
    UPDATE sync_state SET next_run_at = 'infinity', suspended_reason = NULL, refusals = 0, refused_since = NULL
    WHERE (cabinet_id, resource) IN (
        SELECT cabinet_id, resource FROM sync_state
        WHERE cabinet_id = :cabinet_id AND resource = ANY (CAST(:resources AS text[])) AND next_run_at < 'infinity'
            AND requests = '[]'
        FOR UPDATE SKIP LOCKED)
""")
# Whoever has a row locked is asking already.
_RETRY_SUSPENDED = text("""
    UPDATE sync_state SET next_run_at = now()
    WHERE (cabinet_id, resource) IN (
        SELECT cabinet_id, resource FROM sync_state
        WHERE cabinet_id = :cabinet_id AND suspended_reason <> :switched_off AND next_run_at > now()
            AND next_run_at < 'infinity'
        FOR UPDATE SKIP LOCKED)
""")
_HALT = text("""
    UPDATE sync_state SET next_run_at = 'infinity', lease_token = NULL, lease_until = NULL
    WHERE cabinet_id = :cabinet_id
""")
# A page that is being stored, and locks its row, is not waited for: the next one sees that the cabinet is gone.
_ABANDON = text("""
    UPDATE sync_state SET next_run_at = 'infinity', lease_token = NULL, lease_until = NULL
    WHERE (cabinet_id, resource) IN (
        SELECT cabinet_id, resource FROM sync_state WHERE cabinet_id = :cabinet_id FOR UPDATE SKIP LOCKED)
""")
_STOP = text("""
    UPDATE sync_state SET lease_token = NULL, lease_until = NULL WHERE cabinet_id = :cabinet_id
""")
_DISMISS = text("""
    WITH waiting AS (
        SELECT cabinet_id, resource, requests FROM sync_state
        WHERE cabinet_id = :cabinet_id AND requests <> '[]' FOR UPDATE
    ), emptied AS (
        UPDATE sync_state s SET requests = '[]' FROM waiting
        WHERE s.cabinet_id = waiting.cabinet_id AND s.resource = waiting.resource
    )
    SELECT resource, jsonb_array_elements(requests) FROM waiting
""")
_REQUEST = text("""
    UPDATE sync_state SET requests = requests || CAST(:request AS jsonb), next_run_at = now()
    WHERE cabinet_id = :cabinet_id AND resource = ANY(CAST(:resources AS text[]))
        AND next_run_at < 'infinity'
    RETURNING resource
""")


async def begin(connection: AsyncConnection, cabinet_id: UUID, resources: Collection[Resource]) -> None:
    """Make what a verified cabinet's token may read due now, each going on from its cursor if it has one."""
    values = {"cabinet_id": cabinet_id}
    await connection.execute(_BEGIN, {**values, "open": await _open(connection, resources, _ONE, values)})


async def begin_new(connection: AsyncConnection, resources: Collection[Resource]) -> None:
    """Begin, for every verified cabinet, the resources that came with a new version of this service.

    What comes first is what comes first in this version.
    """
    await connection.execute(_BEGIN_NEW, {"open": await _open(connection, resources, _ALL, {})})
    await connection.execute(_PUT_IN_ORDER, {"first": [each.name for each in resources if each.comes_first]})


async def call_in(connection: AsyncConnection, cabinet_id: UUID, stand_ins: Sequence[str]) -> None:
    """What they stand in for cannot be read: they are due now."""
    await connection.execute(_CALL_IN, {"cabinet_id": cabinet_id, "resources": list(stand_ins)})


async def send_home(connection: AsyncConnection, cabinet_id: UUID, stand_ins: Sequence[str]) -> None:
    """What they stand in for can be read again: they wait, once they have done what a seller asked them for."""
    await connection.execute(_SEND_HOME, {"cabinet_id": cabinet_id, "resources": list(stand_ins)})


async def retry_suspended(connection: AsyncConnection, cabinet_id: UUID) -> None:
    """WB accepts a resource again that it refused: the others that it refuses are due now."""
    await connection.execute(_RETRY_SUSPENDED, {"cabinet_id": cabinet_id, "switched_off": SWITCHED_OFF})


async def stop(connection: AsyncConnection, cabinet_id: UUID) -> None:
    """Stop the runs under way of a cabinet that is not verified any more, so that none is claimed."""
    await connection.execute(_STOP, {"cabinet_id": cabinet_id})


async def halt(connection: AsyncConnection, cabinet_id: UUID) -> None:
    """Stop all syncs of a cabinet, also those under way; `begin` starts them again."""
    await connection.execute(_HALT, {"cabinet_id": cabinet_id})


async def abandon(connection: AsyncConnection, cabinet_id: UUID) -> None:
    """Stop all syncs of a cabinet that is gone, without waiting for any."""
    await connection.execute(_ABANDON, {"cabinet_id": cabinet_id})


async def dismiss(connection: AsyncConnection, cabinet_id: UUID) -> list[tuple[str, dict[str, Any]]]:
    """Take back the manual syncs of a cabinet that nobody has served: resource and request of each."""
    return [(row[0], row[1]) for row in await connection.execute(_DISMISS, {"cabinet_id": cabinet_id})]


async def request(
    connection: AsyncConnection, cabinet_id: UUID, resources: Sequence[str], asked: dict[str, Any]
) -> set[str]:
    """Put a manual sync before all scheduled work; the resources that can be synced now."""
    rows = await connection.execute(
        _REQUEST, {"cabinet_id": cabinet_id, "resources": list(resources), "request": json.dumps([asked])}
    )
    accepted = set(rows.scalars())
    await odd_pages.hurry(connection, cabinet_id, accepted)
    return accepted


async def _open(
    connection: AsyncConnection, resources: Collection[Resource], which: str, values: dict[str, Any]
) -> str:
    """What the tokens of cabinets may read, as JSON: a row for each resource of each sort of token there is."""
    found = []
    for kind, categories in await connection.execute(text(_TOKENS.format(which)), values):
        known = frozenset(each for each in Category if categories is None or each in categories)
        names = {each.name: each for each in resources if each.is_open_to(TokenKind(kind), known)}
        found += [
            {
                "kind": kind,
                "categories": categories,
                "resource": name,
                "comes_first": each.comes_first,
                "waits": each.stands_in_for in names,
            }
            for name, each in names.items()
        ]
    return json.dumps(found)

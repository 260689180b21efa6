"""What the gateway asks of its database, and the plans by which it is answered."""

import json
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from uuid import UUID

import asyncpg
from gateway.published import show_only
from sqlalchemy import event

from support.gateway import Gateway, User


class Sent:
    """Statements that the gateway sent, with their values; not those that look up a key, which is remembered."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, Any]] = []

    def note(self, *arguments: Any) -> None:
        if "WHERE key_hash = " not in arguments[2]:
            self.statements.append((arguments[2], arguments[3]))

    def noting(self, method: str) -> Any:
        """The driver's own method, which notes what it is asked: SQLAlchemy sends by others."""
        send = getattr(asyncpg.Connection, method)

        async def note_and_send(connection: asyncpg.Connection, statement: str, *values: Any, **options: Any) -> Any:
            self.statements.append((statement, values))
            return await send(connection, statement, *values, **options)

        return note_and_send

    def of_views(self) -> int:
        """How many read published views: who may see what is remembered, and asked for now and then."""
        return sum("_published." in statement for statement, _ in self.statements)

    def reads(self) -> Iterator[tuple[str, Any]]:
        for statement, values in self.statements:
            is_read = statement.lstrip().startswith(("SELECT", "WITH")) and "UPDATE" not in statement
            if is_read and "set_config" not in statement:
                yield statement, values


@contextmanager
def noted(gateway: Gateway) -> Iterator[Sent]:
    """Note what the gateway asks of its database within the block."""
    sent = Sent()
    engine = gateway.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", sent.note)
    with patch.multiple(asyncpg.Connection, fetch=sent.noting("fetch"), execute=sent.noting("execute")):
        yield sent
    event.remove(engine, "before_cursor_execute", sent.note)


async def asked(gateway: Gateway, user: User, path: str, params: dict[str, Any]) -> list[tuple[str, Any]]:
    """The reads with which a request is answered."""
    with noted(gateway) as sent:
        answer = await user.get(path, **params)
    assert answer.status_code == 200, answer.text
    return list(sent.reads())


async def explained(gateway: Gateway, visible: list[UUID], statement: str, values: Any) -> dict[str, Any]:
    """The plan as it was carried out; sequential scans are allowed."""
    async with gateway.database.transaction() as connection:
        await show_only(connection, visible)
        found = await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", values)
        plan = found.scalar_one()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return dict(plan[0]["Plan"])


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def read_rows(node: dict[str, Any]) -> int:
    """Rows that a node looked at, those it left out among them."""
    return int((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])


def has_no_page(node: dict[str, Any]) -> bool:
    """Whether a node read a table in which nothing is: once that has been vacuumed there is nothing to look up."""
    return node["Node Type"] == "Seq Scan" and not (node["Shared Hit Blocks"] or node["Shared Read Blocks"])


async def looked_at(
    gateway: Gateway,
    user: User,
    cabinets: list[UUID],
    tables: Container[str],
    path: str,
    params: Mapping[str, Any],
) -> dict[str, int]:
    """Rows that answering a request looked at, by table, each found by an index."""
    rows: dict[str, int] = {}
    for statement, values in await asked(gateway, user, path, dict(params)):
        plan = await explained(gateway, cabinets, statement, values)
        for node in nodes(plan):
            table = str(node.get("Relation Name"))
            if table in tables:
                is_found = node["Node Type"] in {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"}
                assert is_found or has_no_page(node), json.dumps(plan)
                rows[table] = max(rows.get(table, 0), read_rows(node))
    return rows

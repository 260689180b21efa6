"""From a reported order to a message in Telegram, and what is recorded of it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.envelope import Origin
from notifier.delivery.sender import Sender
from notifier.settings import Settings
from servicekit.db import Database
from sqlalchemy import text
from support.events import eventually
from support.notifying import connected, orders_reported, reported
from tgsim.running import RunningTgsim


async def rows(database: Database, statement: str, **values: Any) -> list[dict[str, Any]]:
    async with database.transaction() as connection:
        return [dict(row) for row in (await connection.execute(text(statement), values)).mappings()]


async def test_a_live_order_becomes_one_message_and_one_event(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
) -> None:
    event = orders_reported(cabinet_id, reported(cabinet_id, srid="srid-1"))
    async with sending():
        await handle(event)
        messages = await tgsim.wait_for_messages(1, timeout_seconds=10)
    assert "Новый заказ" in messages[0]["text"]
    assert "srid-1" in messages[0]["text"]
    (delivery,) = await rows(notifier_db, "SELECT * FROM deliveries")
    assert (delivery["status"], delivery["attempts"], delivery["failures"]) == ("delivered", 1, 0)
    assert delivery["message_id"] == str(messages[0]["message_id"])
    (attempt,) = await rows(notifier_db, "SELECT * FROM delivery_attempts")
    assert attempt["outcome"] == "delivered"
    assert attempt["finished_at"] >= attempt["started_at"]
    (published,) = await rows(
        notifier_db,
        "SELECT CAST(body AS jsonb) #>> '{data,delivery_id}' AS id, CAST(body AS jsonb) ->> 'correlationid' AS cause "
        "FROM outbox WHERE type = 'notification.delivered.v1'",
    )
    assert published == {"id": str(delivery["id"]), "cause": str(event.correlationid)}

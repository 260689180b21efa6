"""An administrator of the gateway, and what there is for him to see."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import aio_pika
import httpx
from contracts.topics import Queue
from servicekit.consume import ATTEMPT, EVENT_ID, REASON
from servicekit.db import Database

from support.gateway import Gateway
from support.rows import execute

NOON = datetime(2026, 11, 20, 9, tzinfo=UTC)
SECRET_WORDS = "what a buyer wrote"


@dataclass
class Admin:
    """Calls the gateway with an administrator's key."""

    gateway: Gateway
    key: str

    async def call(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}", **arguments.pop("headers", {})}
        return await self.gateway.client.request(method, f"/api/v1/admin/{path}", headers=headers, **arguments)

    async def get(self, path: str, **query: Any) -> httpx.Response:
        """`sort`, `range` and `filter` as JSON; a text stands as it is."""
        params = {name: value if isinstance(value, str) else json.dumps(value) for name, value in query.items()}
        return await self.call("GET", path, params=params)


async def log_sync(
    ingestor_db: Database, cabinet_id: UUID, *, outcome: str = "completed", minutes_ago: int = 0
) -> UUID:
    """A run of the ingestor."""
    log_id = uuid4()
    await execute(
        ingestor_db,
        """
        INSERT INTO sync_logs (cabinet_id, id, resource, trigger, outcome, started_at, duration_seconds, waited_seconds,
            pages, requests, rows_new, rows_changed, rows_same, rows_quarantined, rows_gone)
        VALUES (:cabinet_id, :id, 'orders', 'schedule', :outcome, :at, 0.5, 0, 1, 1, 2, 0, 0, 1, 0)
        """,
        cabinet_id=cabinet_id,
        id=log_id,
        outcome=outcome,
        at=NOON - timedelta(minutes=minutes_ago),
    )
    return log_id


async def quarantine(ingestor_db: Database, cabinet_id: UUID, *, resource: str = "orders") -> None:
    """A row that could not be read."""
    await execute(
        ingestor_db,
        """
        INSERT INTO quarantine (cabinet_id, resource, body_hash, body, reason)
        VALUES (:cabinet_id, :resource, decode('beef', 'hex'), :body, 'nmId: not a number')
        """,
        cabinet_id=cabinet_id,
        resource=resource,
        body=SECRET_WORDS.encode(),
    )


async def deliver(notifier_db: Database, cabinet_id: UUID, *, status: str = "delivered", minutes_ago: int = 0) -> UUID:
    """A message of the notifier."""
    delivery_id = uuid4()
    await execute(
        notifier_db,
        """
        INSERT INTO deliveries (cabinet_id, id, subject, channel, recipient, kind, payload, reported_at, event_id,
            correlation_id, status, created_at, finished_at)
        VALUES (:cabinet_id, :id, :subject, 'telegram', '7', 'order', CAST(:payload AS jsonb), :at, :id, :id,
            :status, :at, CASE WHEN CAST(:is_over AS boolean) THEN CAST(:at AS timestamptz) END)
        """,
        cabinet_id=cabinet_id,
        id=delivery_id,
        subject=str(delivery_id),
        is_over=status in ("delivered", "failed"),
        payload=json.dumps({"text": SECRET_WORDS}),
        status=status,
        at=NOON - timedelta(minutes=minutes_ago),
    )
    return delivery_id


async def bury(url: str, queue: Queue, *events: dict[str, Any] | bytes) -> None:
    """Dead letters: events by their attributes, or what is no event."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(on_return_raises=True)
        for event in events:
            body = event if isinstance(event, bytes) else json.dumps({**event, "data": SECRET_WORDS}).encode()
            headers: dict[str, Any] = {ATTEMPT: 3, REASON: "ValueError: no"}
            if not isinstance(event, bytes):
                headers[EVENT_ID] = event["id"]
            message = aio_pika.Message(body, type="sync.requested.v1", headers=headers)
            await channel.default_exchange.publish(message, routing_key=queue.dead)

"""The whole service running: its relay announces, its consumers listen."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import aio_pika
import pytest
from contracts.envelope import CONTENT_TYPE, Event
from contracts.registry import parse_event
from contracts.syncs import SyncCompletedV1, SyncFailedV1
from local.servers import Servers
from support import databases
from support.eventually import eventually
from support.gateway import Gateway, User, built_gateway
from support.verdicts import suspended, told, verified

from contracts import topics


@pytest.fixture
async def running(gateway: Gateway, servers: Servers, redis_prefix: str, rabbitmq_url: str) -> AsyncIterator[Gateway]:
    """The gateway between its start and its stop."""
    database = databases.connect(gateway.database.dsn)
    async with (
        built_gateway(
            database, redis_url=servers.redis_url, redis_prefix=redis_prefix, rabbitmq_url=rabbitmq_url
        ) as built,
        built.app.router.lifespan_context(built.app),
    ):
        yield built


async def publish(url: str, event: Event[Any]) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel(on_return_raises=True)
        exchange = await channel.get_exchange(topics.EVENTS_EXCHANGE)
        body = event.model_dump_json().encode()
        await exchange.publish(aio_pika.Message(body, content_type=CONTENT_TYPE), routing_key=event.type)


async def announced(url: str, cabinet_id: UUID) -> Event[Any]:
    """The announcement of the cabinet, as the ingestor receives it."""
    async with await aio_pika.connect(url) as connection:
        queue = await (await connection.channel()).get_queue(topics.INGESTOR_CABINETS.name)

        async def next_of_the_cabinet() -> Event[Any] | None:
            message = await queue.get(no_ack=True, fail=False)
            event = parse_event(message.body) if message else None
            return event if event and event.cabinetid == cabinet_id else None

        found: Event[Any] = await eventually(next_of_the_cabinet)
        return found


class TestRunning:
    async def test_a_cabinet_from_its_connection_to_the_end_of_a_sync(
        self, running: Gateway, rabbitmq_url: str
    ) -> None:
        user: User = await running.user(1001)
        cabinet_id = await user.connect()
        connected = await announced(rabbitmq_url, cabinet_id)

        async def status() -> str:
            return str((await user.get(f"/cabinets/{cabinet_id}")).json()["data"]["status"])

        await publish(rabbitmq_url, verified(cabinet_id, cause=connected))
        await eventually(lambda: equals(status, "verified"))

        started = await user.call("POST", "/sync/start", json={"cabinet_id": str(cabinet_id)})
        sync_id = started.json()["sync_id"]
        now = datetime.now(UTC)
        for resource in ("orders", "products"):
            data = SyncCompletedV1(
                sync_id=sync_id,
                resource=resource,
                started_at=now,
                finished_at=now,
                pages=1,
                rows_new=1,
                rows_changed=0,
                rows_same=0,
                rows_quarantined=0,
            )
            await publish(rabbitmq_url, told(data, cabinet_id))
        failure = SyncFailedV1(sync_id=sync_id, resource="stocks", reason="WB answered 503", failed_at=now)
        await publish(rabbitmq_url, told(failure, cabinet_id))

        async def run() -> str:
            return str((await user.get("/sync/status", sync_id=sync_id)).json()["data"]["runs"][0]["status"])

        await eventually(lambda: equals(run, "failed"))

        await publish(rabbitmq_url, suspended(cabinet_id))
        await eventually(lambda: equals(status, "suspended"))
        assert (await running.client.get("/health/ready")).json()["status"] == "ok"


async def equals(read: Callable[[], Awaitable[str]], expected: str) -> bool:
    return await read() == expected

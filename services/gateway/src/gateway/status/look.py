"""A look at everything that the page shows: what the gateway reads by itself, and what Prometheus knows."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
from contracts.topics import QUEUES
from faststream.rabbit import RabbitBroker
from servicekit import clock
from servicekit.health import Check, holds
from servicekit.metrics import OUTBOX, QUEUE_GAUGES, read_database, read_queues

from gateway.status.prometheus import Known, ask


@dataclass(frozen=True)
class QueueState:
    """A queue of any service, as the broker has it."""

    name: str
    service: str
    messages: int
    consumers: int
    dead: int


@dataclass(frozen=True)
class Look:
    """What was seen at a moment; None: it could not be."""

    at: datetime
    servers: Mapping[str, bool]
    """What the gateway stands on, and whether it answers."""
    queues: Sequence[QueueState] | None
    outbox_seconds: float | None
    """Of the gateway's own."""
    has_prometheus: bool
    """One is configured."""
    known: Known | None


async def look(
    checks: Mapping[str, Check],
    dsn: str,
    broker: RabbitBroker,
    client: httpx.AsyncClient,
    prometheus_url: str | None,
) -> Look:
    """Ask everybody at once; whoever does not answer is waited for 5 s at most."""
    holding, stored, waiting, known = await asyncio.gather(
        asyncio.gather(*map(holds, checks.values())),
        read_database(dsn, (OUTBOX,)),
        read_queues(broker, QUEUES),
        _known(client, prometheus_url),
    )
    return Look(
        at=clock.now(),
        servers=dict(zip(checks, holding, strict=True)),
        queues=_queues(waiting[QUEUE_GAUGES.name]) if QUEUE_GAUGES.name in waiting else None,
        outbox_seconds=stored[OUTBOX.name][0]["pulse_outbox_oldest_seconds"] if OUTBOX.name in stored else None,
        has_prometheus=prometheus_url is not None,
        known=known,
    )


async def _known(client: httpx.AsyncClient, prometheus_url: str | None) -> Known | None:
    return None if prometheus_url is None else await ask(client, prometheus_url)


def _queues(rows: Sequence[Mapping[str, Any]]) -> list[QueueState]:
    service_of = {queue.name: queue.service for queue in QUEUES}
    return [
        QueueState(
            name=row["queue"],
            service=service_of[row["queue"]],
            messages=row["pulse_queue_messages"],
            consumers=row["pulse_queue_consumers"],
            dead=row["pulse_dead_letters"],
        )
        for row in rows
    ]

"""What is declared is what the broker has."""

import json

import aio_pika
import pytest
from aio_pika.exceptions import ChannelPreconditionFailed
from contracts.topics import DEAD_EXCHANGE, EVENTS_EXCHANGE, QUEUES, RETRY_TIERS_SECONDS
from local import servers as local_servers
from servicekit.topology import declare_topology, queue_arguments, retry_name
from support.rabbitmqctl import control

AT_LEAST_ONCE = {
    "x-queue-type": "quorum",
    "x-overflow": "reject-publish",
    "x-dead-letter-strategy": "at-least-once",
}


async def listed(servers: local_servers.Servers, vhost: str, what: str, *columns: str) -> list[dict[str, object]]:
    answer = await control(servers, f"list_{what}", "-p", vhost.rsplit("/", 1)[1], *columns, "--formatter", "json")
    rows: list[dict[str, object]] = json.loads(answer)
    return rows


def arguments(row: dict[str, object]) -> dict[str, object]:
    value = row["arguments"]
    return dict(value) if isinstance(value, dict) else {name: v for name, _, v in value}  # type: ignore[attr-defined]


async def test_every_consumers_queue_dead_letters_at_least_once(servers: local_servers.Servers, vhost: str) -> None:
    rows = {row["name"]: arguments(row) for row in await listed(servers, vhost, "queues", "name", "arguments")}
    for queue in QUEUES:
        assert rows[queue.name] == queue_arguments(queue)
        assert rows[queue.name].items() >= AT_LEAST_ONCE.items()
        assert rows[queue.name]["x-dead-letter-exchange"] == DEAD_EXCHANGE
        assert rows[queue.dead]["x-queue-type"] == "quorum"
    for seconds in RETRY_TIERS_SECONDS:
        tier = rows[retry_name(seconds)]
        assert tier.items() >= AT_LEAST_ONCE.items()
        assert (tier["x-message-ttl"], tier["x-dead-letter-exchange"]) == (seconds * 1000, "")


async def test_every_queue_is_bound_to_its_types_and_to_its_own_dead_letters(
    servers: local_servers.Servers, vhost: str
) -> None:
    rows = await listed(servers, vhost, "bindings", "source_name", "destination_name", "routing_key")
    bound = {(row["source_name"], row["destination_name"], row["routing_key"]) for row in rows}
    for queue in QUEUES:
        assert (DEAD_EXCHANGE, queue.dead, queue.name) in bound
        assert {key for source, name, key in bound if (source, name) == (EVENTS_EXCHANGE, queue.name)} == {
            event.TYPE for event in queue.events
        }


async def test_declaring_again_changes_nothing(vhost: str, amqp: "aio_pika.abc.AbstractChannel") -> None:
    await amqp.default_exchange.publish(aio_pika.Message(b"kept"), routing_key=QUEUES[0].dead)
    await declare_topology(vhost)
    queue = await amqp.declare_queue(QUEUES[0].dead, passive=True)
    assert queue.declaration_result.message_count == 1


async def test_a_queue_with_other_arguments_is_not_passed_over(servers: local_servers.Servers) -> None:
    name = "kit-other-arguments"
    url = local_servers.add_vhost(servers, name)
    try:
        async with await aio_pika.connect(url) as connection:
            channel = await connection.channel()
            await channel.declare_queue(QUEUES[0].name, durable=True)
        with pytest.raises(ChannelPreconditionFailed):
            await declare_topology(url)
    finally:
        local_servers.delete_vhost(servers, name)

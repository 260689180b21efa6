"""What is declared is what the broker has."""

import json

import aio_pika
import pytest
from aio_pika.exceptions import ChannelPreconditionFailed, DeliveryError
from contracts.topics import DEAD_EXCHANGE, EVENTS_EXCHANGE, QUEUES, RETRY_TIERS_SECONDS
from local import servers as local_servers
from servicekit.topology import MAX_LENGTH, declare_topology, queue_arguments, retry_name
from structlog.testing import capture_logs
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


async def test_every_queue_is_bound_to_its_types_and_origins_and_to_its_own_dead_letters(
    servers: local_servers.Servers, vhost: str
) -> None:
    rows = await listed(servers, vhost, "bindings", "source_name", "destination_name", "routing_key")
    bound = {(row["source_name"], row["destination_name"], row["routing_key"]) for row in rows}
    for queue in QUEUES:
        assert (DEAD_EXCHANGE, queue.dead, queue.name) in bound
        assert {key for source, name, key in bound if (source, name) == (EVENTS_EXCHANGE, queue.name)} == set(
            queue.routing_keys
        )


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


async def test_a_queue_that_is_full_of_bytes_refuses_publishes_and_keeps_what_it_has(
    servers: local_servers.Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("servicekit.topology.MAX_LENGTH_BYTES", 100_000)
    name = "kit-bytes"
    url = local_servers.add_vhost(servers, name)
    try:
        await declare_topology(url)
        async with await aio_pika.connect(url) as connection:
            channel = await connection.channel()
            for queue in (QUEUES[0].name, retry_name(600)):
                accepted = await _published_until_refused(channel, queue)
                assert 4 <= accepted <= 8
                kept = (await channel.declare_queue(queue, passive=True)).declaration_result.message_count
                assert kept == accepted
    finally:
        local_servers.delete_vhost(servers, name)


async def _published_until_refused(channel: aio_pika.abc.AbstractChannel, queue: str) -> int:
    for accepted in range(20):
        try:
            await channel.default_exchange.publish(aio_pika.Message(bytes(20_000)), routing_key=queue)
        except DeliveryError:
            return accepted
    pytest.fail("it took everything")


async def test_queues_that_are_older_than_their_bound_in_bytes_go_on_without_it_and_keep_what_they_have(
    servers: local_servers.Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "kit-older"
    url = local_servers.add_vhost(servers, name)
    try:
        with monkeypatch.context() as older:
            older.setattr("servicekit.topology._bounds", lambda: {"x-max-length": MAX_LENGTH})
            await declare_topology(url)
        async with await aio_pika.connect(url) as connection:
            channel = await connection.channel()
            await channel.default_exchange.publish(aio_pika.Message(b"kept"), routing_key=QUEUES[0].name)
            with capture_logs() as logs:
                await declare_topology(url)
            assert len(logs) == len(QUEUES) + len(RETRY_TIERS_SECONDS)
            assert {entry["event"] for entry in logs} == {"queue.without_bound_in_bytes"}
            queue = await channel.declare_queue(QUEUES[0].name, passive=True)
            assert queue.declaration_result.message_count == 1
    finally:
        local_servers.delete_vhost(servers, name)

"""What a broker refuses a user."""

from collections.abc import Awaitable, Callable

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection
from aiormq.exceptions import ChannelAccessRefused

Attempt = Callable[[AbstractChannel], Awaitable[object]]


async def is_refused(connection: AbstractConnection, attempt: Attempt) -> bool:
    """Whether the broker closes the channel over it, because this user may not."""
    channel = await connection.channel(on_return_raises=True)
    try:
        await attempt(channel)
    except ChannelAccessRefused:
        return True
    await channel.close()
    return False


def publishing(exchange: str, key: str) -> Attempt:
    """Publishes a message that nobody can read."""

    async def publish(channel: AbstractChannel) -> object:
        to = await channel.get_exchange(exchange, ensure=False) if exchange else channel.default_exchange
        return await to.publish(aio_pika.Message(b"?"), routing_key=key, mandatory=False)

    return publish


def reading(queue: str) -> Attempt:
    """Takes a message, if there is one."""

    async def read(channel: AbstractChannel) -> object:
        return await (await channel.get_queue(queue, ensure=False)).get(fail=False)

    return read

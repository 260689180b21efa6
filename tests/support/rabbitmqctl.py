"""`rabbitmqctl` on a private broker."""

import asyncio

import pytest
from local import rabbitmq
from local import servers as local_servers
from local.finding import binaries_of
from local.instance import Instance


async def control(servers: local_servers.Servers, *arguments: str) -> str:
    """The answer of `rabbitmqctl` of the session's broker; a test that needs it fails on a broker that was given."""
    if servers.sources["rabbitmq"] != local_servers.PRIVATE:
        pytest.fail("this test controls the broker itself: unset RABBITMQ_URL for a private one")
    return await control_of(servers.instance, *arguments)


async def control_of(instance: Instance, *arguments: str) -> str:
    """The same of the private broker of an instance."""
    binaries = binaries_of(rabbitmq.RABBITMQ, instance)
    assert binaries is not None
    return await asyncio.to_thread(rabbitmq.control, binaries, instance, *arguments)

"""`rabbitmqctl` on the session's private broker."""

import asyncio

import pytest
from local import rabbitmq
from local import servers as local_servers
from local.finding import binaries_of


async def control(servers: local_servers.Servers, *arguments: str) -> str:
    """The answer of `rabbitmqctl`; a test that needs it fails on a broker that was given."""
    if servers.sources["rabbitmq"] != local_servers.PRIVATE:
        pytest.fail("this test controls the broker itself: unset RABBITMQ_URL for a private one")
    binaries = binaries_of(rabbitmq.RABBITMQ, servers.instance)
    assert binaries is not None
    return await asyncio.to_thread(rabbitmq.control, binaries, servers.instance, *arguments)

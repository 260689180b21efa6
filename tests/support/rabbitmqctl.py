"""`rabbitmqctl` on the session's private broker."""

import asyncio
from pathlib import Path

import pytest
from local import debian, rabbitmq
from local import servers as local_servers


async def control(servers: local_servers.Servers, *arguments: str) -> str:
    """The answer of `rabbitmqctl`; a test that needs it does not apply to a broker that was given."""
    if servers.sources["rabbitmq"] != local_servers.PRIVATE:
        pytest.skip("the broker is not ours to control")
    packages = servers.instance.root / ".local" / "debian"
    binaries = rabbitmq.find(Path("/")) or rabbitmq.find(debian.unpacked(rabbitmq.RABBITMQ.package, packages))
    assert binaries is not None
    return await asyncio.to_thread(rabbitmq.control, binaries, servers.instance, *arguments)

"""The short version of `make chaos PARTS=poison`: what becomes of poison, and of what stands beside it."""

import pytest
from chaos.poisoned import Sizes, handle_beside_poison
from local.servers import Servers
from support.databases import Databases

SHORT = Sizes(messages=60, poison=3, rounds=1, cabinets=5)


@pytest.mark.chaos
async def test_poison_is_dead_with_its_reason_and_trace_and_is_handled_once_it_is_mended(
    databases: Databases, servers: Servers, redis_prefix: str, rabbitmq_url: str
) -> None:
    env = {"REDIS_URL": servers.redis_url, "REDIS_KEY_PREFIX": redis_prefix}
    said: list[str] = []
    outcome = await handle_beside_poison(databases, rabbitmq_url, env, sizes=SHORT, say=said.append)
    assert outcome.is_clean, (outcome, said)
    assert outcome.dead == 6
    assert outcome.redriven == 3

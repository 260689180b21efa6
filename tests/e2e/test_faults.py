"""The short version of `make chaos`'s faults: one after the other, of two ingestors ten minutes apart."""

from typing import TYPE_CHECKING

import pytest
from chaos.cabinets import disconnected_cabinets, replaced_tokens
from chaos.clocks import MACHINES, wrong_clocks
from chaos.processes import forgetful_redis, killed_ingestors
from chaos.refusals import enormous, lies, storms, unexplained
from chaos.scene import Sizes, play
from chaos.webhooks import WAYS, forged_webhooks
from local.servers import Servers
from servicekit.db import Database
from support.databases import Databases

if TYPE_CHECKING:
    import redis.asyncio

SHORT = Sizes(
    rate=360,
    seconds=2,
    history_orders=20,
    categories=("statistics", "feedbacks"),
)


@pytest.mark.chaos
@pytest.mark.timeout(420)
async def test_nothing_is_lost_doubled_or_overdrawn_whatever_goes_wrong(
    databases: Databases,
    ingestor_db: Database,
    redis_client: "redis.asyncio.Redis",
    redis_prefix: str,
    servers: Servers,
    rabbitmq_url: str,
) -> None:
    env = {
        "DATABASE_URL": databases.urls["ingestor"],
        "REDIS_URL": servers.redis_url,
        "REDIS_KEY_PREFIX": redis_prefix,
        "RABBITMQ_URL": rabbitmq_url,
    }
    mischiefs = (
        unexplained,
        lies,
        storms,
        wrong_clocks,
        replaced_tokens,
        disconnected_cabinets,
        forged_webhooks,
        forgetful_redis,
        killed_ingestors,
        enormous,
    )
    said: list[str] = []
    outcome = await play(
        mischiefs, ingestor_db, redis_client, env, sizes=SHORT, seed=5, say=said.append, settings_of=MACHINES
    )
    assert (outcome.lost, outcome.doubled, outcome.problems, outcome.overdrawn) == ([], [], [], 0), "\n".join(said)
    assert outcome.changes > 0
    assert outcome.refused > 0
    assert {name for name in outcome.done if not name.startswith("webhooks ")} == {
        "429 without a header",
        "lying headers",
        "storms of 429",
        "wrong clocks",
        "replaced tokens",
        "disconnected cabinets",
        "flushes of Redis",
        "killed ingestors",
        "enormous headers",
    }
    assert {f"webhooks {way}" for way in WAYS} == {name for name in outcome.done if name.startswith("webhooks ")}

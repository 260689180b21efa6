"""The short version of `make chaos PARTS=notifiers`: Telegram's limits are kept by notifiers that are killed."""

import pytest
from chaos.notifiers import Sizes, kill_notifiers
from local.servers import Servers
from servicekit.db import Database
from support.databases import Databases

SHORT = Sizes(messages=240, chats=60, groups=2, kills=3)


@pytest.mark.chaos
async def test_all_is_sent_nothing_too_early_and_each_repeat_is_of_an_attempt_without_an_end(
    databases: Databases, notifier_db: Database, servers: Servers, redis_prefix: str, rabbitmq_url: str
) -> None:
    env = {
        "DATABASE_URL": databases.urls["notifier"],
        "REDIS_URL": servers.redis_url,
        "REDIS_KEY_PREFIX": redis_prefix,
        "RABBITMQ_URL": rabbitmq_url,
    }
    said: list[str] = []
    outcome = await kill_notifiers(notifier_db, env, sizes=SHORT, say=said.append)
    assert (outcome.lost, outcome.untraced, outcome.early) == ([], [], 0), (said, outcome)
    # The one that was ordered, of which the other notifier and those started since knew.
    assert outcome.refused == {"429": 1}
    # There was something to explain: a killed notifier had messages in the air.
    assert len(outcome.unended) > 0

"""Whether what services stand on answers."""

from faststream.rabbit import RabbitBroker
from redis.asyncio import Redis
from sqlalchemy import text

from servicekit.db import Database
from servicekit.health import CHECK_TIMEOUT_SECONDS, Check


def standard_checks(database: Database, broker: RabbitBroker) -> dict[str, Check]:
    """What no service works without. Redis is not among them: without it answers are slower, not wrong."""

    async def postgres() -> bool:
        async with database.transaction() as connection:
            return bool(await connection.scalar(text("SELECT 1")))

    async def rabbitmq() -> bool:
        return await broker.ping(timeout=CHECK_TIMEOUT_SECONDS)

    return {"postgres": postgres, "rabbitmq": rabbitmq}


def redis_check(client: Redis) -> Check:
    """Whether Redis answers; report it, but do not make readiness depend on it."""

    async def check() -> bool:
        return bool(await client.ping())

    return check

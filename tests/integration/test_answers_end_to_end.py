"""An answer to a buyer from the API to Wildberries and back: gateway, broker, ingestor and the fake of WB."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from ingestor.app import build
from local.servers import Servers
from pydantic import SecretStr
from servicekit.db import Database
from servicekit.serving import Platform, make_platform
from support import databases
from support.eventually import eventually
from support.gateway import PRIVATE_KEY, Gateway, built_gateway
from support.ingesting import make_settings
from support.rows import rows
from support.written import put_feedback
from wbsim.running import Wbsim, running_wbsim

WORDS = "Спасибо, что написали"


@pytest.fixture
async def gateway(
    gateway_db: Database,
    reporter_db: Database,
    notifier_db: Database,
    servers: Servers,
    redis_prefix: str,
    rabbitmq_url: str,
) -> AsyncIterator[Gateway]:
    """The gateway, with its consumers and its relay."""
    async with (
        built_gateway(
            databases.connect(gateway_db.dsn),
            redis_url=servers.redis_url,
            redis_prefix=redis_prefix,
            rabbitmq_url=rabbitmq_url,
        ) as built,
        built.app.router.lifespan_context(built.app),
    ):
        yield built


@asynccontextmanager
async def running_ingestor(
    database: Database, wb: Wbsim, servers: Servers, redis_prefix: str, rabbitmq_url: str
) -> AsyncIterator[None]:
    settings = make_settings(
        wb.url,
        database_url=SecretStr(database.dsn),
        redis_url=SecretStr(servers.redis_url),
        redis_key_prefix=redis_prefix,
        rabbitmq_url=SecretStr(rabbitmq_url),
        seal_private_keys=SecretStr(PRIVATE_KEY),
    )
    made = make_platform("ingestor", settings)
    await made.database.close()
    own = databases.connect(database.dsn)
    app = build(Platform("ingestor", settings, own, made.broker, made.tracer_provider))
    async with app.router.lifespan_context(app):
        yield


async def test_an_answer_waits_for_the_ingestor_and_wb_and_is_written_once(
    gateway: Gateway,
    ingestor_db: Database,
    reporter_db: Database,
    servers: Servers,
    redis_prefix: str,
    rabbitmq_url: str,
) -> None:
    async with running_wbsim(seed=7, products=5, history_orders=120, limits_factor=1000) as wb:
        shop = wb.world.shop()
        feedback = next(each for each in shop.feedbacks if not each.processed)
        alice = await gateway.user(7)
        async with running_ingestor(ingestor_db, wb, servers, redis_prefix, rabbitmq_url):
            cabinet_id = await alice.connect(await wb.token())

            async def is_verified() -> bool:
                cabinet = (await alice.get(f"/cabinets/{cabinet_id}")).json()["data"]
                stored = await rows(ingestor_db, "SELECT 1 FROM feedbacks WHERE id = :id", id=feedback.id)
                return bool(cabinet["status"] == "verified" and stored)

            await eventually(is_verified)
        await put_feedback(reporter_db, cabinet_id, feedback.id, text="Тёплое")
        taken = await alice.call("POST", f"/reviews/{feedback.id}/answer", json={"text": WORDS})
        assert taken.status_code == 202, taken.text
        await wb.fault("/api/v1/feedbacks/answer", "unheard", times=1, seconds=0)
        async with running_ingestor(ingestor_db, wb, servers, redis_prefix, rabbitmq_url):

            async def is_confirmed() -> bool:
                shown = (await alice.get(f"/reviews/{feedback.id}")).json()["data"]["last_command"]
                return bool(shown["state"] == "confirmed")

            await eventually(is_confirmed)
        command = (await alice.get(f"/commands/{taken.json()['command_id']}")).json()["data"]
        assert (command["state"], command["attempts"], command["text"]) == ("confirmed", 1, WORDS)
        assert [(write.id, write.text) for write in shop.answers.writes] == [(feedback.id, WORDS)]
        [row] = await rows(ingestor_db, "SELECT answer_text FROM feedbacks WHERE id = :id", id=feedback.id)
        assert row["answer_text"] == WORDS

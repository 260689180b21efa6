"""The audit as a whole: its schema, records from a real broker, its health, and heads by the clock."""

import asyncio
from pathlib import Path
from uuid import uuid4

import httpx
from alembic import command as alembic_command
from audit.app import build
from audit.settings import Settings
from audit.signing import read_line
from audit.verifying.verify import verify
from contracts.audit import cabinets_chain
from contracts.topics import AUDIT_RECORDS
from opentelemetry.sdk.trace import TracerProvider
from pydantic import SecretStr
from servicekit import db
from servicekit.broker import make_broker
from servicekit.db import Database
from servicekit.migrations import alembic_config
from servicekit.outbox import append
from servicekit.serving import Platform
from support.auditing import KEY, recorded
from support.databases import Databases, migrations_of
from support.eventually import eventually
from support.metrics import scrape
from support.rows import count

CHAIN = cabinets_chain(uuid4())


async def test_the_tables_are_what_the_migrations_make(databases: Databases, audit_db: Database) -> None:
    config = alembic_config(migrations_of("audit"), databases.urls["audit"])
    await asyncio.to_thread(alembic_command.check, config)


async def test_the_migrations_can_be_taken_back(databases: Databases, audit_db: Database) -> None:
    config = alembic_config(migrations_of("audit"), databases.urls["audit"])
    await asyncio.to_thread(alembic_command.downgrade, config, "base")
    await asyncio.to_thread(alembic_command.upgrade, config, "head")
    assert await count(audit_db, "records") == 0


async def test_records_on_the_broker_are_added_and_headed(
    settings: Settings, rabbitmq_url: str, audit_db: Database, tmp_path: Path
) -> None:
    full = settings.model_copy(update={"rabbitmq_url": SecretStr(rabbitmq_url)})
    provider = TracerProvider()
    platform = Platform("audit", full, db.connect(full), make_broker(rabbitmq_url, "audit"), provider)
    app = build(platform, full)
    async with app.router.lifespan_context(app):
        # Any outbox will do: the relay of this process publishes what is in it.
        async with audit_db.transaction() as connection:
            await append(connection, [recorded(CHAIN, n) for n in range(300)])

        async def are_stored() -> bool:
            return await count(audit_db, "records") == 300

        await eventually(are_stored)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://audit") as client:
            assert (await client.get("/health/ready")).json()["checks"] == {"postgres": True, "rabbitmq": True}
        await eventually((tmp_path / "heads.ndjson").exists)
        scraped = await scrape(app)
        assert scraped.value("pulse_audit_heads_unanchored") == 0
        assert scraped.value("pulse_queue_consumers", queue=AUDIT_RECORDS.name) is not None
    [line] = (tmp_path / "heads.ndjson").read_bytes().splitlines()
    assert read_line(line, KEY.verify_key).number == 1
    assert (await verify(audit_db, key=KEY.verify_key)).findings == ()

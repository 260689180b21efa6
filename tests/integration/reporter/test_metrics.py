"""What an operator sees of the reporter."""

from local.servers import Servers
from pydantic import SecretStr
from reporter.app import build
from reporter.settings import Settings
from servicekit import db
from servicekit.broker import connected, make_broker
from servicekit.db import Database
from servicekit.serving import Platform
from servicekit.telemetry import configure_telemetry
from support.metrics import described, see_what_every_service_shows, shown_name


async def test_outbox_queues_dead_letters_and_pool(reporter_db: Database, servers: Servers, rabbitmq_url: str) -> None:
    settings = Settings(
        database_url=SecretStr(reporter_db.dsn),
        redis_url=SecretStr(servers.redis_url),
        rabbitmq_url=SecretStr(rabbitmq_url),
        reports_port=0,
    )
    provider = configure_telemetry("reporter", None)
    platform = Platform("reporter", settings, db.connect(settings), make_broker(rabbitmq_url, "reporter"), provider)
    app = build(platform, settings)
    async with connected(platform.broker):
        shown = await see_what_every_service_shows(app, "reporter", reporter_db, rabbitmq_url)
    families = {shown_name(family) for family in shown.families}
    assert {name for name in families if name.startswith("pulse_")} == {
        name for name, each in described().items() if "reporter" in each.services
    }

"""docs/operator-metrics.md says of every metric what the code says, and of no other."""

from collections.abc import Callable
from typing import Any

import pytest
from audit.app import build as build_audit
from audit.settings import Settings as AuditSettings
from audit.signing import new_key
from bot.app import build as build_bot
from bot.settings import Settings as BotSettings
from gateway.app import build as build_gateway
from gateway.settings import Settings as GatewaySettings
from ingestor.app import build as build_ingestor
from notifier.app import build as build_notifier
from notifier.settings import Settings as NotifierSettings
from pydantic import SecretStr
from reporter.app import build as build_reporter
from reporter.settings import Settings as ReporterSettings
from servicekit import db
from servicekit.broker import make_broker
from servicekit.serving import Platform
from servicekit.settings import ServiceSettings
from servicekit.telemetry import configure_telemetry
from starlette.applications import Starlette
from support.gateway import PUBLIC_KEY
from support.ingesting import make_settings
from support.metrics import described, scrape, shown_name

NOWHERE: dict[str, Any] = {
    "database_url": SecretStr("postgresql://nobody:secret@127.0.0.1:1/none"),
    "redis_url": SecretStr("redis://127.0.0.1:1/0"),
    "rabbitmq_url": SecretStr("amqp://nobody:secret@127.0.0.1:1/"),
}


def platform(service: str, settings: ServiceSettings) -> Platform:
    provider = configure_telemetry(service, None)
    broker = make_broker(settings.rabbitmq_url.get_secret_value(), service)
    return Platform(service, settings, db.connect(settings), broker, provider)


def gateway() -> Starlette:
    settings = GatewaySettings(**NOWHERE, seal_public_key=PUBLIC_KEY, seal_webhooks_public_key=PUBLIC_KEY)
    made: Starlette = build_gateway(platform("gateway", settings), settings).state.metrics
    return made


def ingestor() -> Starlette:
    return build_ingestor(platform("ingestor", make_settings("http://127.0.0.1:1", **NOWHERE)))


def reporter() -> Starlette:
    settings = ReporterSettings(**NOWHERE)
    return build_reporter(platform("reporter", settings), settings)


def notifier() -> Starlette:
    settings = NotifierSettings(**NOWHERE, telegram_bot_token=SecretStr("1:bot"))
    return build_notifier(platform("notifier", settings), settings)


def audit() -> Starlette:
    settings = AuditSettings(**NOWHERE, head_signing_key=SecretStr(new_key()[0]), heads_url="http://127.0.0.1:1")
    return build_audit(platform("audit", settings), settings)


def bot() -> Starlette:
    key = SecretStr("pulse_none")
    settings = BotSettings(telegram_bot_token=SecretStr("1:bot"), gateway_url="http://127.0.0.1:1", gateway_api_key=key)
    return build_bot(settings, configure_telemetry("bot", None))


SERVICES = (gateway, ingestor, reporter, notifier, audit, bot)


@pytest.mark.parametrize("service", SERVICES, ids=lambda make: str(make.__name__))
async def test_a_service_shows_what_the_page_says_even_if_nothing_can_be_read(service: Callable[[], Starlette]) -> None:
    families = (await scrape(service())).families
    shown = {
        (shown_name(family), family.type, family.documentation)
        for family in families
        if family.name.startswith("pulse_")
    }
    assert shown == {
        (each.name, each.kind, each.meaning) for each in described().values() if service.__name__ in each.services
    }
    assert {family.name.split("_")[0] for family in families} == {"pulse", "process"}


def test_no_metric_of_the_page_is_of_no_service() -> None:
    services = {make.__name__ for make in SERVICES}
    assert described()
    assert all(each.services and each.services <= services for each in described().values())


def test_names_follow_the_conventions_of_prometheus() -> None:
    for each in described().values():
        assert each.name.endswith("_total") == (each.kind == "counter"), each.name
        assert ("_seconds" in each.name) == (each.unit == "seconds"), each.name

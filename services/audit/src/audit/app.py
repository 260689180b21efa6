"""Wiring: the one place that knows all parts."""

import asyncio

from contracts.topics import AUDIT_RECORDS
from servicekit.background import every
from servicekit.checks import standard_checks
from servicekit.consume_together import consume_together
from servicekit.health import health_routes
from servicekit.http import make_client
from servicekit.metrics import metrics_route
from servicekit.retention import EVERY_SECONDS as RETENTION_SECONDS
from servicekit.retention import forget_old
from servicekit.serving import Platform, make_app
from starlette.applications import Starlette

from audit.handlers.audit_recorded import audit_recorded
from audit.jobs.anchor_heads import TIMEOUT_SECONDS, Anchor, anchor_heads, to_file, to_url
from audit.jobs.make_head import make_head
from audit.jobs.retention import RULES
from audit.metrics import readings
from audit.settings import Settings
from audit.signing import signing_key

LOOK_SECONDS = 30.0
"""How late a head may be, and how soon one is anchored that was not."""


def build(platform: Platform, settings: Settings) -> Starlette:
    """The audit: the consumer of records, heads and what anchors them, health."""
    broker, database = platform.broker, platform.database
    consume_together(broker, database, AUDIT_RECORDS, audit_recorded)
    key = signing_key(settings.head_signing_key.get_secret_value())

    async def make_and_anchor_heads() -> None:
        async with make_client(timeout_seconds=TIMEOUT_SECONDS, max_connections=1) as client:
            anchors: dict[str, Anchor] = {}
            if settings.heads_path is not None:
                anchors["filed_at"] = to_file(settings.heads_path)
            if settings.heads_url is not None:
                anchors["posted_at"] = to_url(client, settings.heads_url)
            while True:
                await make_head(database, key, every_seconds=settings.head_minutes * 60)
                await anchor_heads(database, anchors)
                await asyncio.sleep(LOOK_SECONDS)

    works = {
        "heads": make_and_anchor_heads,
        "retention": every(RETENTION_SECONDS, lambda: forget_old(database, RULES)),
    }
    routes = [
        *health_routes(standard_checks(database, broker)),
        metrics_route(database, broker, readings=readings(settings)),
    ]
    return make_app(platform, works, routes)

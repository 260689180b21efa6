"""The gateway as a process of its own, with a shop in it: for whoever calls it from outside."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.processes import running_service
from local.ports import free_port
from reporter.internal import report_route
from servicekit.cache import Cache
from servicekit.db import Database
from starlette.applications import Starlette

from support.gateway import ACCESS_TOKEN_SECRET, BOT_TOKEN, NOTIFIER_PUBLIC_KEY, PUBLIC_KEY, UNLIMITED
from support.served import served
from support.shop import Shop
from support.stored_orders import NOON


@dataclass(frozen=True)
class RunningShop:
    """A shop, and the address of the gateway that shows it."""

    shop: Shop
    url: str


@asynccontextmanager
async def running(
    shop: Shop, servers: Mapping[str, str], reporter_db: Database, cache: Cache
) -> AsyncIterator[RunningShop]:
    """Its gateway on these servers (as settings name them); reports of orders come from the reporter's own route."""
    port = free_port()
    async with served(Starlette(routes=[report_route(reporter_db, cache, lambda: NOON)])) as reporter:
        environment = {
            "SEAL_PUBLIC_KEY": PUBLIC_KEY,
            "SEAL_WEBHOOKS_PUBLIC_KEY": NOTIFIER_PUBLIC_KEY,
            "METRICS_PORT": "0",
            "TELEGRAM_BOT_TOKEN": BOT_TOKEN.get_secret_value(),
            "ACCESS_TOKEN_SECRETS": ACCESS_TOKEN_SECRET.get_secret_value(),
            "REPORTER_URL": reporter,
            **UNLIMITED,
            **servers,
        }
        async with running_service("gateway", environment, port=port):
            yield RunningShop(shop, f"http://127.0.0.1:{port}")

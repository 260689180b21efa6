"""The gateway's interface against its real database and Redis, without a network in between."""

import copy
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
from contracts.wb_token import BIT_BY_CATEGORY, REQUIRED, Category
from faststream.rabbit import RabbitBroker
from gateway import app, keys
from gateway.app import Interface
from gateway.settings import Settings
from opentelemetry.sdk.trace import TracerProvider
from pydantic import SecretStr
from servicekit import crypto
from servicekit.broker import make_broker
from servicekit.db import Database
from servicekit.rate_limits import MAX_QUOTA
from servicekit.serving import Platform
from sqlalchemy import text
from starlette.datastructures import State

from contracts import cache_keys

BOT_TOKEN = SecretStr("1234567:the-bot-that-people-sign-in-with")
ACCESS_TOKEN_SECRET = SecretStr("what-access-tokens-of-these-tests-are-signed-with")
PUBLIC_KEY, PRIVATE_KEY = crypto.generate_keys()
NOTIFIER_PUBLIC_KEY, NOTIFIER_PRIVATE_KEY = crypto.generate_keys()
Limits = dict[str, int]
OUT_OF_REACH: Limits = dict.fromkeys(("key", "user", "address", "refused"), MAX_QUOTA)
"""Requests a minute."""
UNLIMITED = {f"RATE_LIMIT_{name.upper()}": str(quota) for name, quota in OUT_OF_REACH.items()}
"""The same, for the environment of a process."""

_JOIN_USER = text("INSERT INTO users (telegram_id) VALUES (:user) ON CONFLICT DO NOTHING")
_JOIN = text("""
INSERT INTO cabinet_members (cabinet_id, telegram_id, role) VALUES (:cabinet_id, :user, :role)
ON CONFLICT (cabinet_id, telegram_id) DO UPDATE SET role = excluded.role
""")
SIGNING_KEY = "nobody-checks-the-signature-of-these-tokens"


def filled(path: str) -> str:
    """A documented path with ids of nothing in it."""
    return re.sub(r"{(\w+)}", lambda name: "7" if name[1] in ("nm_id", "telegram_id") else str(uuid4()), path)


def wb_token(
    *,
    seller_id: UUID | None = None,
    acc: object = 3,
    categories: frozenset[Category] = REQUIRED,
    expires_in: timedelta = timedelta(days=180),
    **claims: object,
) -> str:
    """A token as WB would issue it to the seller."""
    mask = sum(1 << BIT_BY_CATEGORY[category] for category in categories)
    body = {"sid": str(seller_id or uuid4()), "acc": acc, "s": mask, "t": False}
    body["exp"] = int((datetime.now(UTC) + expires_in).timestamp())
    return jwt.encode({**body, **claims}, SIGNING_KEY)


@dataclass
class Gateway:
    """A built gateway and a client that calls it in this process."""

    app: Interface
    database: Database
    client: httpx.AsyncClient
    broker: RabbitBroker
    redis_environment: Mapping[str, str]
    """For its commands."""

    async def key(
        self,
        telegram_id: int | None,
        *,
        scopes: tuple[str, ...] = ("read", "write"),
        expires_at: datetime | None = None,
        revoked: bool = False,
    ) -> str:
        """A stored API key."""
        async with self.database.transaction() as connection:
            key_id, key = await keys.create(
                connection, name="test", telegram_id=telegram_id, scopes=scopes, expires_at=expires_at
            )
            if revoked:
                await keys.revoke(connection, key_id)
        return key

    async def user(self, telegram_id: int) -> "User":
        """A user with a key of their own."""
        return User(self, telegram_id, await self.key(telegram_id))

    async def join(self, cabinet_id: UUID, telegram_id: int, role: str) -> "User":
        """A user who is a member of the cabinet with this role from now on."""
        async with self.database.transaction() as connection:
            values = {"cabinet_id": cabinet_id, "user": telegram_id, "role": role}
            await connection.execute(_JOIN_USER, values)
            await connection.execute(_JOIN, values)
        await self.app.state.parts.cache.invalidate([cache_keys.members_tag(telegram_id)])
        return await self.user(telegram_id)


@dataclass
class User:
    """Calls the gateway with one user's key, or access token."""

    gateway: Gateway
    telegram_id: int
    key: str

    async def call(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.key}", **arguments.pop("headers", {})}
        return await self.gateway.client.request(method, f"/api/v1{path}", headers=headers, **arguments)

    async def get(self, path: str, **params: Any) -> httpx.Response:
        return await self.call("GET", path, params={name: value for name, value in params.items() if value is not None})

    async def connect(self, token: str | None = None, **body: object) -> UUID:
        """A connected cabinet."""
        answer = await self.call("POST", "/cabinets", json={"token": token or wb_token(), **body})
        assert answer.status_code in (200, 201), answer.text
        return UUID(answer.json()["cabinet_id"])


@cache
def routed() -> Interface:
    """The routes of every interface of this session, and the document of them."""
    return app.interface(telemetry={"tracer_provider": TracerProvider()})


def _interface() -> Interface:
    """An interface of its own with the routes of all others: making these takes longer than most tests."""
    made, router = copy.copy(routed()), copy.copy(routed().router)
    router.routes, router.middleware_stack = [*router.routes], router.app
    made.router, made.state, made.middleware_stack = router, State(), None
    vars(made)["openapi"] = routed().openapi  # what is made of the routes takes longer still
    return made


@asynccontextmanager
async def built_gateway(
    database: Database,
    *,
    redis_url: str,
    redis_prefix: str,
    rabbitmq_url: str,
    replica_url: str | None = None,
    allow_private_urls: bool = False,
    limits: Limits | None = None,
    **others: Any,
) -> AsyncIterator[Gateway]:
    """The gateway on these servers; its consumers and its relay are not started. Its limits are out of reach.

    `others` are settings.
    """
    allowed = OUT_OF_REACH | (limits or {})
    settings = Settings(
        database_url=SecretStr(database.dsn),
        redis_url=SecretStr(redis_url),
        redis_key_prefix=redis_prefix,
        rabbitmq_url=SecretStr(rabbitmq_url),
        seal_public_key=PUBLIC_KEY,
        database_replica_url=SecretStr(replica_url) if replica_url else None,
        seal_webhooks_public_key=NOTIFIER_PUBLIC_KEY,
        allow_private_urls=allow_private_urls,
        metrics_port=0,
        rate_limit_key=allowed["key"],
        rate_limit_user=allowed["user"],
        rate_limit_address=allowed["address"],
        rate_limit_refused=allowed["refused"],
        **{
            "telegram_bot_token": BOT_TOKEN,
            "access_token_secrets": ACCESS_TOKEN_SECRET,
            "reporter_url": "http://127.0.0.1:1",  # where nobody listens
            **others,
        },
    )
    provider = TracerProvider()
    broker = make_broker(rabbitmq_url, "gateway")
    built = app.build(Platform("gateway", settings, database, broker, provider), settings, made=_interface())
    transport = httpx.ASGITransport(built, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        redis = {"REDIS_URL": redis_url, "REDIS_KEY_PREFIX": redis_prefix}
        yield Gateway(built, database, client, broker, redis)
    await built.state.parts.reads.aclose()
    await built.state.parts.reports.client.aclose()
    await built.state.redis.aclose()

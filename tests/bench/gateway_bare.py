"""The bare stack of a read: a FastAPI app under the server of ours that sends what one Redis GET or one query gives."""

import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import redis.asyncio
from fastapi import FastAPI, Response
from pydantic import SecretStr
from servicekit.listening import serve
from servicekit.settings import ServiceSettings

CONNECTIONS = 10
"""As the gateway has for requests."""


def build(redis_url: str, database_url: str | None) -> FastAPI:
    """`GET /{key}`: the bytes under that key; `/orders/{order_id}` and `/orders`: what asyncpg answers."""
    client = redis.asyncio.from_url(redis_url)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if database_url is None:
            yield
            return
        async with asyncpg.create_pool(database_url, min_size=CONNECTIONS, max_size=CONNECTIONS) as app.state.pool:
            yield

    app = FastAPI(lifespan=lifespan)

    @app.get("/orders/{order_id}")
    async def read_order(cabinet: UUID, order_id: UUID) -> Response:
        row = await app.state.pool.fetchrow(
            "SELECT * FROM order_facts WHERE cabinet_id = $1 AND order_id = $2", cabinet, order_id
        )
        return Response(json.dumps(dict(row), default=str), media_type="application/json")

    @app.get("/orders")
    async def read_orders(cabinet: UUID, nm_id: int, limit: int) -> Response:
        rows = await app.state.pool.fetch(
            """SELECT * FROM order_facts WHERE cabinet_id = $1 AND nm_id = $2
            ORDER BY day DESC, ordered_at DESC, order_id DESC LIMIT $3""",
            cabinet,
            nm_id,
            limit,
        )
        return Response(json.dumps(list(map(dict, rows)), default=str), media_type="application/json")

    @app.get("/{key}")
    async def read(key: str) -> Response:
        return Response(await client.get(key), media_type="application/json")

    return app


if __name__ == "__main__":
    unused = SecretStr("unused://")
    url = os.environ["REDIS_URL"]
    serve(
        build(url, os.environ.get("BARE_DATABASE_URL") or None),
        ServiceSettings(database_url=unused, rabbitmq_url=unused, redis_url=SecretStr(url), port=int(sys.argv[1])),
    )

"""The bare stack of a cached read: a FastAPI app that returns what one Redis GET gives, under the server of ours."""

import os
import sys

import redis.asyncio
from fastapi import FastAPI, Response
from pydantic import SecretStr
from servicekit.serving import serve
from servicekit.settings import ServiceSettings


def build(redis_url: str) -> FastAPI:
    """`GET /{key}`: the bytes under that key."""
    client = redis.asyncio.from_url(redis_url)
    app = FastAPI()

    @app.get("/{key}")
    async def read(key: str) -> Response:
        return Response(await client.get(key), media_type="application/json")

    return app


if __name__ == "__main__":
    unused = SecretStr("unused://")
    url = os.environ["REDIS_URL"]
    serve(
        build(url),
        ServiceSettings(database_url=unused, rabbitmq_url=unused, redis_url=SecretStr(url), port=int(sys.argv[1])),
    )

"""Webhooks as Wildberries sends them, for tests."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import httpx
from servicekit.background import running
from servicekit.db import Database
from sqlalchemy import text

from support.eventually import eventually
from support.ingesting import Ingestor

SECRET = "a secret of WB's"


def webhook(*events: str, keys: list[str] | None = None) -> bytes:
    """The body of one, with events of these names; each has a key of its own, unless `keys` are given."""
    listed = [
        {"event": event, "idempotencyKey": key}
        for event, key in zip(events, keys or [str(uuid4()) for _ in events], strict=True)
    ]
    return json.dumps({"sellerId": str(uuid4()), "requestId": str(uuid4()), "events": listed}).encode()


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    """The header that signs it."""
    return {"X-Hub-Signature": f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"}


class Receiver:
    """The receiver at a port, as its senders see it."""

    def __init__(self, port: int, http: httpx.AsyncClient) -> None:
        self.port = port
        self.http = http

    def url(self, cabinet_id: UUID) -> str:
        return f"http://127.0.0.1:{self.port}/wb/webhooks/{cabinet_id}"

    async def send(self, cabinet_id: UUID, body: bytes, headers: Mapping[str, str | bytes] | None = None) -> int:
        """The status of the answer; the secret is in `Authorization`, unless `headers` are given."""
        stated = {"Authorization": SECRET} if headers is None else headers
        sent = [
            (name.encode(), value if isinstance(value, bytes) else value.encode()) for name, value in stated.items()
        ]
        return (await self.http.post(self.url(cabinet_id), content=body, headers=sent)).status_code


@asynccontextmanager
async def receiving(ingestor: Ingestor, port: int) -> AsyncIterator[Receiver]:
    """Receive webhooks within the block; nothing is done about them."""
    async with running({"webhooks": ingestor.parts.works["webhooks"]}), httpx.AsyncClient(timeout=60) as http:
        receiver = Receiver(port, http)

        async def is_there() -> bool:
            try:
                return (await http.get(f"http://127.0.0.1:{port}/")).status_code == 404
            except httpx.ConnectError:
                return False

        await eventually(is_there)
        yield receiver


async def put_off(database: Database, **state: Any) -> None:
    """Nothing is due for an hour, nor was read in the last one; and what `state` says."""
    changed = "".join(f", {name} = :{name}" for name in state)
    async with database.transaction() as connection:
        await connection.execute(
            text(
                "UPDATE sync_state SET next_run_at = date_trunc('hour', now()) + interval '2 hours', "
                f"last_success_at = now() - interval '1 hour'{changed}"
            ),
            state,
        )

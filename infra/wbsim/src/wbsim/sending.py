"""Sending webhooks: as events happen, and again until the receiver answers 2xx."""

import asyncio
import hashlib
import hmac
import json
import uuid
from random import Random
from urllib.parse import urlsplit

from wbsim.webhooks import Attempt, Webhook
from wbsim.world import World

LOOK_SECONDS = 0.1
AGAIN_SECONDS = 0.5
"""After an answer that is not 2xx."""
ANSWER_SECONDS = 10.0


async def send_webhooks(world: World) -> None:
    """Send what happens in shops to whoever asked for it, until cancelled; no receiver waits for another."""
    sending: dict[str, asyncio.Task[None]] = {}
    try:
        while True:
            for gone in sending.keys() - world.webhooks.keys():
                sending.pop(gone).cancel()
            for id in world.webhooks.keys() - sending.keys():
                sending[id] = asyncio.create_task(_send_on(world, world.webhooks[id]))
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        for task in sending.values():
            task.cancel()
        await asyncio.gather(*sending.values(), return_exceptions=True)


async def _send_on(world: World, webhook: Webhook) -> None:
    if not webhook.enabled:
        return
    rng = Random(f"{world.config.seed} {webhook.url}")
    while True:
        webhook.look(world.shop(webhook.sid))
        pause = LOOK_SECONDS
        if webhook.waiting:
            events = webhook.next_events()
            body = json.dumps({"sellerId": webhook.sid, "requestId": str(uuid.uuid4()), "events": events}).encode()
            status = await _attempt(world, webhook, body, len(events))
            if status is not None and 200 <= status < 300:
                if rng.random() < world.behaviour.webhook_repeated_share:
                    await _attempt(world, webhook, body, len(events))
                webhook.settle(events)
            else:
                pause = AGAIN_SECONDS
        await asyncio.sleep(pause)


async def _attempt(world: World, webhook: Webhook, body: bytes, events: int) -> int | None:
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            status: int | None = await _post(webhook.url, body, _proof(world, webhook.secret, body))
    except (OSError, TimeoutError, ValueError):
        status = None
    webhook.attempts.append(Attempt(world.clock.real_now(), events, status))
    return status


def _proof(world: World, secret: str, body: bytes) -> str:
    if world.behaviour.webhook_proof == "secret":
        return f"Authorization: {secret}"
    return f"X-Hub-Signature: sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


async def _post(url: str, body: bytes, proof: str) -> int:
    """The status of the answer; OSError where nobody is there, ValueError for an answer that is no HTTP."""
    to = urlsplit(url)
    reader, writer = await asyncio.open_connection(to.hostname, to.port or 80)
    try:
        head = [
            f"POST {to.path or '/'} HTTP/1.1",
            f"Host: {to.netloc}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            "Connection: close",
            proof,
        ]
        writer.write("\r\n".join([*head, "", ""]).encode() + body)
        version, _, rest = (await reader.readline()).partition(b" ")
        if not version.startswith(b"HTTP/"):
            raise ValueError("no answer of HTTP")
        return int(rest[:3])
    finally:
        writer.close()

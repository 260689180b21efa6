"""Somebody replays and forges Wildberries' webhooks: a hint has one effect, and who knows no secret has none."""

import asyncio
from functools import partial
from uuid import UUID

import httpx
from support.hinting import Receiver, signed, webhook

from chaos.scene import Scene, Shop, comes_true, until

EVENTS = ("card_changed", "feedback_updated")
MOST_EVENTS = 100
WAYS = ("true", "replayed", "replayed", "forged", "signed for another body", "of nobody", "unreadable")


async def forged_webhooks(scene: Scene, seconds: float) -> None:
    """True webhooks, and many more that are replayed, forged, of a cabinet that is not there, or no webhooks at all."""
    known: list[tuple[UUID, bytes]] = []
    hints, before = 0, await _hints(scene)
    async with httpx.AsyncClient(timeout=30) as http:
        receivers = [Receiver(ingestor.webhook_port, http) for ingestor in scene.ingestors]
        for receiver in receivers:
            await comes_true("webhooks are received", partial(_is_there, receiver))
        goes_on, left = until(seconds), list(dict.fromkeys(WAYS))
        while left or goes_on():
            # Each at least once; the first is a true one, as somebody can only replay what has been sent.
            way = left.pop(0) if left else scene.rng.choice(WAYS)
            receiver, shop = scene.rng.choice(receivers), scene.rng.choice(scene.shops)
            body = webhook(*scene.rng.choices(EVENTS, k=scene.rng.randrange(1, MOST_EVENTS + 1)))
            if way == "true":
                known.append((shop.cabinet_id, body))
                hints += body.count(b"idempotencyKey")
            status = await _send(scene, way, receiver, shop, body, known)
            scene.done[f"webhooks {way}"] += 1
            if status != EXPECTED.get(way, 200):
                scene.problems.append(f"a webhook {way} was answered {status}")
            await asyncio.sleep(scene.rng.uniform(0, 0.05))
    stored = await _hints(scene) - before
    if stored != hints:
        scene.problems.append(f"{stored} hints are stored of {hints} that were given")

    async def all_are_read() -> bool:
        return not await scene.query("SELECT 1 FROM hinted_reads")

    await comes_true("hints are followed", all_are_read)


EXPECTED = {"forged": 401, "signed for another body": 401, "unreadable": 400}


async def _send(
    scene: Scene, way: str, receiver: Receiver, shop: Shop, body: bytes, known: list[tuple[UUID, bytes]]
) -> int:
    if way == "replayed":
        return await receiver.send(*scene.rng.choice(known))
    if way == "of nobody":
        return await receiver.send(UUID(int=scene.rng.getrandbits(128)), body)
    if way == "unreadable":
        return await receiver.send(shop.cabinet_id, body[: scene.rng.randrange(len(body))])
    if way == "forged":
        return await receiver.send(shop.cabinet_id, body, {"Authorization": scene.rng.randbytes(16).hex()})
    return await receiver.send(shop.cabinet_id, body, signed(body if way == "true" else known[0][1]))


async def _hints(scene: Scene) -> int:
    [found] = await scene.query("SELECT count(*) AS n FROM wb_hints")
    return int(found["n"])


async def _is_there(receiver: Receiver) -> bool:
    try:
        return (await receiver.http.get(f"http://127.0.0.1:{receiver.port}/")).status_code == 404
    except httpx.TransportError:
        return False

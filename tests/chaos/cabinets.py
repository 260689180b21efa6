"""Sellers change their minds while they are read: a token is replaced, a cabinet disconnected, within a page."""

import asyncio
import time
from functools import partial

from support.ingesting import connected, disconnected, take

from chaos.scene import Scene, Shop, comes_true, until

ORDERS = "/api/v1/supplier/orders"
SLOW_SECONDS = 1.0


async def replaced_tokens(scene: Scene, seconds: float) -> None:
    """While a page is under way its seller has a new token, and the old one is refused from now on, or from before."""
    goes_on = until(seconds)
    while goes_on():
        shop = scene.rng.choice(scene.shops)
        await _within_a_page(scene, shop, ORDERS)
        old, shop.token = shop.token, await scene.token(shop.sid)
        is_early = scene.rng.random() < 0.5
        if is_early and old:
            await scene.wb.withdraw(old)
            await asyncio.sleep(scene.rng.uniform(0, 1))
        await take(scene.database, connected(shop.token, cabinet_id=shop.cabinet_id))
        if old and not is_early:
            await scene.wb.withdraw(old)
        scene.done["replaced tokens"] += 1
        await asyncio.sleep(scene.rng.uniform(0.2, 1.5))


async def disconnected_cabinets(scene: Scene, seconds: float) -> None:
    """A shop is connected, and disconnected again while pages of it are under way, the first ones too."""
    goes_on = until(seconds)
    while goes_on():
        shop = await scene.connect()
        await comes_true("a new shop is read", partial(_has_pages, scene, shop))
        await asyncio.sleep(scene.rng.uniform(0, 1))
        await _within_a_page(scene, shop, "/")
        await take(scene.database, disconnected(shop.cabinet_id))
        scene.gone.append((shop, time.time()))
        scene.done["disconnected cabinets"] += 1


async def _within_a_page(scene: Scene, shop: Shop, path: str) -> None:
    """Return while Wildberries has a request of the shop, and keeps it for a second."""
    fault_id = await scene.wb.fault(path, "slow", seconds=SLOW_SECONDS, sid=shop.sid, times=1)
    await comes_true(f"{path} of a shop is read", lambda: fault_id not in scene.wb.world.faults.active)


async def _has_pages(scene: Scene, shop: Shop) -> bool:
    [found] = await scene.query(
        "SELECT count(*) AS n FROM sync_state WHERE cabinet_id = :id AND rows > 0", id=shop.cabinet_id
    )
    return bool(found["n"])

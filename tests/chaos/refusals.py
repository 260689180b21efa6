"""Wildberries refuses calls that its limits permit: without a word, in storms, and with headers that lie."""

import asyncio
import time
from collections.abc import Mapping
from functools import partial

from contracts.wb_token import TokenKind
from ingestor.wb.methods import METHODS
from ingestor.wb.waits import MAX_SECONDS
from support.eventually import eventually

from chaos.scene import Scene, Shop, comes_true, until

PATHS = ("/api/v1/supplier/orders", "/api/v1/supplier/sales", "/api/v1/feedbacks", "/api/v1/questions", "/")
ORDERS = PATHS[0]
LIES = ("-5", "0", "soon", "NaN", "", "0.25", "1, 2", "200ms", "Wed, 21 Oct 2015 07:28:00 GMT", "9" * 3 + "s?")
ENORMOUS = ("1e9", "31536000000", "inf", "9" * 40, "Fri, 01 Jan 2123 00:00:00 GMT", "2123-01-01T00:00:00Z")

ON_ITS_WAY_SECONDS = 2.0
"""What was sent before the refusal had arrived, on a machine that is busy."""

AT_MOST_SECONDS = 60.0
"""How long after it may be called again it is called, on such a machine."""

AGAIN = 4
"""Calls of a method that may be refused besides one for each call that Wildberries permits."""


async def unexplained(scene: Scene, seconds: float) -> None:
    """429 without any header, of one method or all; answers that say nothing, or lies, of their buckets."""
    goes_on = until(seconds)
    while goes_on():
        await scene.wb.settings(retry_header="none", limit_headers=scene.rng.choice(("none", "lying")))
        await scene.wb.fault(scene.rng.choice(PATHS), "status", status=429, times=scene.rng.randrange(1, 5))
        scene.done["429 without a header"] += 1
        await asyncio.sleep(scene.rng.uniform(0.1, 0.8))
    await scene.wb.clear_faults()
    await scene.wb.settings(limit_headers="true")


async def storms(scene: Scene, seconds: float) -> None:
    """For seconds every call is refused, by the methods or by the limiter over all of them, of one seller or of all."""
    goes_on = until(seconds)
    while goes_on():
        kind, sid = scene.rng.choice(("status", "global_limit")), scene.rng.choice((None, scene.shops[0].sid))
        lasts = scene.rng.uniform(0.1, 0.25) * seconds
        before, began = dict(scene.wb.world.counted), time.monotonic()
        fault_id = await scene.wb.fault("/", kind, status=429, sid=sid)
        await asyncio.sleep(lasts)
        await scene.wb.control("DELETE", f"/faults/{fault_id}")
        scene.done["storms of 429"] += 1
        _were_spaced(scene, before, time.monotonic() - began)
        await asyncio.sleep(lasts / 2)


def _were_spaced(scene: Scene, before: Mapping[tuple[str, int], int], seconds: float) -> None:
    """A refusal without a header keeps a method for the time of one call: no storm is answered by one of ours."""
    for method in METHODS.values():
        refused = scene.wb.world.counted[method.path, 429] - before.get((method.path, 429), 0)
        interval = method.limit(TokenKind.PERSONAL).interval_seconds / scene.sizes.rate
        permitted = len(scene.shops) * (AGAIN + seconds / interval)
        if refused > permitted:
            scene.problems.append(f"{method.path} was refused {refused} times in {seconds:.1f} s of a storm")


async def lies(scene: Scene, seconds: float) -> None:
    """429 that say to wait for no time, or for one that nobody can read."""
    goes_on = until(seconds)
    while goes_on():
        wait = scene.rng.choice(LIES)
        await scene.wb.fault(scene.rng.choice(PATHS), "status", status=429, wait=wait, times=2)
        scene.done["lying headers"] += 1
        await asyncio.sleep(scene.rng.uniform(0.1, 0.8))
    await scene.wb.clear_faults()


async def enormous(scene: Scene, _: float) -> None:
    """429 that say to wait for years: an hour is obeyed, and no more, of that method of that seller alone."""
    hour = MAX_SECONDS / scene.sizes.rate
    *refused, other = scene.shops
    for shop in refused:
        wait = scene.rng.choice(ENORMOUS)
        began = time.time()
        await scene.wb.fault(ORDERS, "status", status=429, wait=wait, sid=shop.sid, times=1)
        refused_at = await comes_true("orders are read", partial(_first, scene, shop, began, 429))
        scene.done["enormous headers"] += 1
        # What was on its way then is no sign of anything.
        again_at = await eventually(
            partial(_first, scene, shop, refused_at + ON_ITS_WAY_SECONDS, 200), seconds=hour + AT_MOST_SECONDS
        )
        if again_at - refused_at < 0.95 * hour:
            scene.problems.append(f"{wait}: {hour:.0f} s were to be waited, and {again_at - refused_at:.1f} s were")
        if _first(scene, other, refused_at, 200) is None:
            scene.problems.append(f"{wait} kept another seller from being read")


def _first(scene: Scene, shop: Shop, since: float, status: int) -> float | None:
    """When a shop's orders were first answered so, of those answers that came after a moment."""
    times = [
        each.at
        for each in scene.wb.world.requests
        if (each.sid, each.path, each.status) == (shop.sid, ORDERS, status) and each.at > since
    ]
    return min(times, default=None)

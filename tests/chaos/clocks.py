"""Clocks that are five minutes wrong: of Wildberries, and (`AHEAD`) of the machines that the ingestors run on."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime

from chaos.moved_service import AHEAD
from chaos.scene import Scene, until

FIVE_MINUTES = 300
MACHINES: Sequence[Mapping[str, str]] = ({AHEAD: str(FIVE_MINUTES)}, {AHEAD: str(-FIVE_MINUTES)})
"""Settings of two ingestors whose clocks are ten minutes apart."""

PATHS = ("/api/v1/supplier/orders", "/api/v1/supplier/sales", "/api/v1/feedbacks")


async def wrong_clocks(scene: Scene, seconds: float) -> None:
    """Wildberries' clock goes wrong to and fro, and its refusals name dates by it."""
    goes_on = until(seconds)
    while goes_on():
        skew = scene.rng.choice((-FIVE_MINUTES, 0, FIVE_MINUTES))
        await scene.wb.settings(date_skew_seconds=skew)
        named = datetime.fromtimestamp(scene.wb.world.clock.now() + skew + 2, UTC)
        path = scene.rng.choice(PATHS)
        await scene.wb.fault(path, "status", status=429, wait=format_datetime(named, usegmt=True), times=1)
        scene.done["wrong clocks"] += 1
        await asyncio.sleep(scene.rng.uniform(0.2, 1))
    await scene.wb.clear_faults()
    await scene.wb.settings(date_skew_seconds=0)

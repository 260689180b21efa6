"""What ingestors stand on gives way: they are killed while they hold leases and budget, and Redis forgets."""

import asyncio
from functools import partial

from ingestor.wb.methods import METHODS

from chaos.ingestors import Ingestor
from chaos.scene import Scene, comes_true, until

SPENT_AT_ONCE = ("order-feed", "sales")
"""Methods that permit one call at a time: who calls too early is refused."""

_FORGET = """
local keys = redis.call('KEYS', ARGV[1])
for i = 1, #keys do redis.call('DEL', keys[i]) end
return #keys
"""


async def killed_ingestors(scene: Scene, seconds: float) -> None:
    """One of them, or all, are killed while a call is on its way to Wildberries, which comes to count it later."""
    goes_on = until(seconds)
    while goes_on():
        path, slow = scene.rng.choice(_read(scene)), scene.rng.uniform(0.2, 1)
        fault_id = await scene.wb.fault(path, "slow", seconds=slow, times=1)
        await comes_true(f"{path} is read", partial(_has_struck, scene, fault_id))
        some = scene.rng.sample(scene.ingestors, scene.rng.randrange(1, len(scene.ingestors) + 1))
        for ingestor in some:
            await ingestor.kill()
            scene.done["killed ingestors"] += 1
        for ingestor in some:
            await ingestor.start()
        await asyncio.sleep(scene.rng.uniform(2, 5))


def _has_struck(scene: Scene, fault_id: int) -> bool:
    return fault_id not in scene.wb.world.faults.active


def _read(scene: Scene) -> list[str]:
    opened = scene.sizes.categories
    methods = [METHODS[name] for name in SPENT_AT_ONCE]
    return [each.path for each in methods if opened is None or each.category in opened]


async def laxer_ingestors(scene: Scene, seconds: float) -> None:
    """Another ingestor comes and goes that takes Wildberries to permit three times as much: the stricter counts."""
    first = scene.ingestors[0].settings
    laxer = Ingestor({**first, "WB_RATE_LIMIT": str(3 * scene.sizes.rate), "SYNC_INTERVAL": "0.001"})
    scene.ingestors.append(laxer)
    goes_on = until(seconds)
    while goes_on():
        await laxer.start()
        scene.done["laxer ingestors"] += 1
        await asyncio.sleep(scene.rng.uniform(6, 12))
        await laxer.kill()


async def forgetful_redis(scene: Scene, seconds: float) -> None:
    """All that Redis knows of the budget is gone, in one moment, again and again."""
    goes_on = until(seconds)
    while goes_on():
        await scene.redis.eval(_FORGET, 0, f"{scene.redis_prefix}*")
        scene.done["flushes of Redis"] += 1
        await asyncio.sleep(scene.rng.uniform(0.3, 3))

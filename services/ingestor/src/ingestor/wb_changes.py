"""What has changed about WB, in one list: for `python -m ingestor drift`."""

from typing import Any

from servicekit.db import Database

from ingestor import drift
from ingestor.jobs import wb_watch
from ingestor.wb.switch_offs import SWITCH_OFFS


async def listed(database: Database, *, accept: bool = False) -> list[dict[str, Any]]:
    """Each with `method` and `what`: `field`, `type`, `value` (a `name` nobody knew), `stopped`, `switch_off`.

    `accept`: the names are known from now on.
    """
    async with database.transaction() as connection:
        names = await drift.drifted(connection)
        stopped = await wb_watch.stopped(connection)
        if accept:
            await drift.accept(connection)
    return [
        *({"method": each.pop("method"), "what": each.pop("kind"), **each} for each in names),
        *({"method": each.pop("method"), "what": "stopped", **each} for each in stopped),
        *(
            {"method": name, "what": "switch_off", "announced": each.announced, "on": each.on, "instead": each.instead}
            for name, each in SWITCH_OFFS.items()
        ),
    ]

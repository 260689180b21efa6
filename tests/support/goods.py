"""Shops of goods, read by an ingestor, beside what the fake Wildberries has of them."""

from typing import TYPE_CHECKING, Any

from ingestor.resources import RESOURCES
from wbsim.running import Wbsim
from wbsim.shop import Shop

from support.ingesting import Ingestor, connect_cabinet
from support.outbox_rows import published
from support.rows import execute, rows

if TYPE_CHECKING:
    pass


async def a_shop(ingestor: Ingestor, wb: Wbsim, **what: Any) -> Shop:
    sid = await wb.seller(name="goods", **{"products": 5, "history_orders": 0, **what})
    await connect_cabinet(ingestor, wb, sid=sid)
    return wb.world.shops[sid]


async def sweep(ingestor: Ingestor, resource: str) -> None:
    """Sync as if a day had gone by."""
    await execute(ingestor.database, "UPDATE sync_state SET sweep_at = now()")
    await ingestor.sync(resource)


async def stored(ingestor: Ingestor, resource: str, key: str) -> dict[Any, dict[str, Any]]:
    return {row[key]: row for row in await rows(ingestor.database, f"SELECT * FROM {resource}")}


async def told(ingestor: Ingestor, resource: str) -> list[Any]:
    """Every row told of a resource, in order."""
    events = await published(ingestor.database, f"{resource}.updated.v1")
    return [row for event in events for row in getattr(event.data, RESOURCES[resource].publishing.rows)]


def assert_equal(row: dict[str, Any], event: Any) -> None:
    """A stored row and its last event say the same."""
    ours = {"cabinet_id", "content_hash", "gone", "first_seen_at", "changed_at", "sizes"}
    assert {name: getattr(event, name) for name in row.keys() - ours} == {
        name: value for name, value in row.items() if name not in ours
    }

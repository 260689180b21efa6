"""Orders as the reporter keeps and publishes them, put there without the way they take."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from contracts.model import MOSCOW
from contracts.orders import OrderSnapshot
from reporter.tables import order_facts
from servicekit.db import Database

from contracts import orders

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=MOSCOW)


def snapshot(cabinet_id: UUID, *, ordered_at: datetime = NOON, nm_id: int = 214503977) -> OrderSnapshot:
    """An order with an srid of its own."""
    srid = uuid4().hex
    return OrderSnapshot(
        order_id=orders.order_id(cabinet_id, srid),
        revision=1,
        srid=srid,
        ordered_at=ordered_at,
        last_change_at=ordered_at,
        nm_id=nm_id,
        subject="Худи",
        price_with_disc=Decimal("1494.0000"),
        currency="KGS",
    )


def minutes_apart(cabinet_id: UUID, count: int, *, start: datetime = NOON) -> list[OrderSnapshot]:
    """Orders a minute apart, oldest first."""
    return [snapshot(cabinet_id, ordered_at=start + timedelta(minutes=minute)) for minute in range(count)]


async def store(reporter_db: Database, cabinet_id: UUID, snapshots: Sequence[OrderSnapshot]) -> None:
    """Put orders where the reporter puts them."""
    rows = [
        {
            **order.model_dump(),
            "cabinet_id": cabinet_id,
            "day": order.ordered_at.astimezone(MOSCOW).date(),
            "updated_at": datetime.now(UTC),
        }
        for order in snapshots
    ]
    async with reporter_db.transaction() as connection:
        await connection.execute(order_facts.insert(), rows)

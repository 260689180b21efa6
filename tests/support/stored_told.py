"""What people were told, as the notifier keeps it, put there without its work."""

from typing import Any
from uuid import UUID, uuid4

from notifier.tables import deliveries
from servicekit.db import Database

from support.facts import put
from support.reporting import NOON


async def put_told(database: Database, cabinet_id: UUID, telegram_id: int, **delivery: Any) -> str:
    """A delivery as the notifier keeps it; its id."""
    delivery_id = uuid4()
    row = {
        "id": delivery_id,
        "subject": str(delivery_id),
        "telegram_id": telegram_id,
        "channel": "telegram",
        "recipient": str(telegram_id),
        "kind": "order_new",
        "payload": {"stock_left": 46},
        "event_id": uuid4(),
        "correlation_id": uuid4(),
        "status": "delivered",
        "created_at": NOON,
        **delivery,
    }
    await put(database, deliveries, cabinet_id, row)
    return str(delivery_id)

"""WB accepted a cabinet's token and told the shop's name."""

from contracts.cabinets import CabinetVerifiedV1
from contracts.envelope import Event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import troubles
from notifier.deliveries.enqueue import Notice, enqueue
from notifier.kinds.cabinet_resumed import Resumed

_VERIFIED = text("""
INSERT INTO cabinets (cabinet_id, seller_name, verified_at) VALUES (:cabinet_id, :seller_name, :time)
ON CONFLICT (cabinet_id) DO UPDATE SET seller_name = excluded.seller_name, verified_at = excluded.verified_at
WHERE cabinets.disconnected_at IS NULL AND (cabinets.verified_at < excluded.verified_at) IS NOT FALSE
""")


async def cabinet_verified(connection: AsyncConnection, event: Event[CabinetVerifiedV1]) -> None:
    """Messages name the shop as WB does, where its seller gave it no name; the end of a suspension is told."""
    name = event.data.trade_mark or event.data.seller_name
    names = {"cabinet_id": event.cabinetid, "seller_name": name, "time": event.time}
    await connection.execute(_VERIFIED, names)
    ended = (await troubles.end(connection, event, "suspended", [troubles.WHOLE])).get(troubles.WHOLE)
    if ended is not None:
        payload = Resumed(since=ended.since).model_dump_json()
        await enqueue(connection, event, [Notice("cabinet_resumed", f"cabinet_resumed/{event.id}", payload)])

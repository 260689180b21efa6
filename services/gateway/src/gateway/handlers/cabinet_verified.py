"""WB accepted a cabinet's token."""

from contracts.cabinets import CabinetVerifiedV1
from contracts.envelope import Event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.verdicts import IS_CURRENT, verdict

_VERIFIED = text(f"""
UPDATE wb_cabinets SET status = 'verified', status_reason = NULL, status_detail = NULL, judged_at = :time,
    seller_name = :seller_name, trade_mark = :trade_mark, verified_at = :verified_at
WHERE {IS_CURRENT}
""")


async def cabinet_verified(connection: AsyncConnection, event: Event[CabinetVerifiedV1]) -> None:
    """Mark the cabinet verified; a late or outdated verdict changes nothing."""
    data = event.data
    seller = {"seller_name": data.seller_name, "trade_mark": data.trade_mark, "verified_at": data.verified_at}
    await connection.execute(_VERIFIED, {**verdict(event), **seller})

"""Somebody joined a cabinet, or left it."""

from contracts.cabinets import MembersChangedV1
from contracts.envelope import Event, Origin
from contracts.message_kinds import MessageKind
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import cabinets
from notifier.deliveries.enqueue import Notice, enqueue
from notifier.messages.team import Members


async def members_changed(connection: AsyncConnection, event: Event[MembersChangedV1]) -> None:
    """Who joined is told of the cabinet from now on, who left is not; its members are told of both.

    Those of a cabinet whose connect was not heard of yet came with it.
    """
    turned = await cabinets.set_members(connection, event, event.data.members)
    if turned is None or not turned.is_known or event.origin is not Origin.LIVE:
        return
    of: tuple[tuple[MessageKind, tuple[int, ...]], ...] = (
        ("member_joined", turned.joined),
        ("member_left", turned.left),
    )
    notices = [
        Notice(kind, f"{kind}/{event.id}", Members(telegram_ids=ids, members=len(event.data.members)).model_dump_json())
        for kind, ids in of
        if ids
    ]
    if notices:
        await enqueue(connection, event, notices)

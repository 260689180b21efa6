"""Statuses of FBS tasks. Source: `POST /api/v3/orders/status` (marketplace), 1000 of our ids a call.

Asked about are the tasks that may still change: not in a final state, and not older than WB keeps them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from contracts.fbs import FbsOrdersUpdatedV1
from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources import fbs_orders
from ingestor.resources.fields import Id, text_or_none
from ingestor.resources.resource import Change, Page, Position, Resource, Row, Seen, Start, Step
from ingestor.wb.methods import METHODS

MAX_IDS = 1_000

_UNTOUCHED = ({None, "new"}, {None, "waiting"})
"""What the seller and WB say of a task that nothing has happened to."""

_SUBJECTS = text(f"""
    SELECT fbs_order_id FROM fbs_orders
    WHERE cabinet_id = :cabinet_id AND fbs_order_id > :after AND {fbs_orders.OPEN} AND created_at > now() - :kept
    ORDER BY fbs_order_id LIMIT :limit
""").bindparams(bindparam("kept", fbs_orders.KEPT_BY_WB))


class _WbStatus(msgspec.Struct, rename="camel"):
    id: Id
    supplier_status: str | None = None
    wb_status: str | None = None
    is_cancellable: bool | None = None
    is_transferable: bool | None = None


class _WbAnswer(msgspec.Struct):
    # Required: an answer without it is not one of this method.
    orders: list[msgspec.Raw] | None


class _Told(msgspec.Struct):
    supplier_status: str | None
    wb_status: str | None


_answer = msgspec.json.Decoder(_WbAnswer)
_status = msgspec.json.Decoder(_WbStatus)
_told = msgspec.json.Decoder(_Told)


def begin(cursor: Position | None, start: Start) -> Position:
    """From the first task, or after the last one asked about."""
    return cursor or {"after": 0, "limit": min(MAX_IDS, start.page_rows)}


async def subjects(connection: AsyncConnection, cabinet_id: UUID, position: Position) -> Sequence[int]:
    """The next tasks that may still change, by their ids."""
    asked = {"cabinet_id": cabinet_id, "after": position["after"], "limit": position["limit"]}
    return (await connection.execute(_SUBJECTS, asked)).scalars().all()


def ask(position: Position) -> dict[str, Any]:
    """The statuses of these tasks."""
    return {"json": {"orders": position["ids"]}}


def read(body: bytes) -> Page:
    """The answer's `orders`."""
    return Page(_answer.decode(body).orders or [])


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """The status a seller gave a task, and WB's own; words of WB's that are new are kept as they are."""
    wb = _status.decode(raw)
    return (
        wb.id,
        text_or_none(wb.supplier_status),
        text_or_none(wb.wb_status),
        wb.is_cancellable,
        wb.is_transferable,
    )


def advance(position: Position, seen: Seen) -> Step:
    """On to the tasks after these, whatever WB said of them."""
    return Step({"after": position["ids"][-1], "limit": position["limit"]}, done=False)


def is_live(change: Change, connected_at: datetime, first_load: bool) -> bool:
    """The first status of a task is news only if something has happened to it, and it is not of the past."""
    if not change.joined:
        return not first_load
    if change.others["created_at"] < connected_at.replace(microsecond=0):
        return False
    told = _told.decode(change.snapshot)
    return any(
        word not in still for word, still in zip((told.supplier_status, told.wb_status), _UNTOUCHED, strict=True)
    )


RESOURCE = Resource(
    name="fbs_statuses",
    method=METHODS["fbs-statuses"],
    table=fbs_orders.TABLE,
    event=FbsOrdersUpdatedV1,
    rows="fbs_orders",
    refresh=timedelta(minutes=5),
    paging="our ids, 1000 a call",
    overlap="everything that may still change",
    begin=begin,
    ask=ask,
    read=read,
    parse=parse,
    advance=advance,
    subjects=subjects,
    ids_at_once=MAX_IDS,
    columns=("fbs_order_id", "supplier_status", "wb_status", "is_cancellable", "is_transferable"),
    digest="status_hash",
    known_only=True,
    is_live=is_live,
)

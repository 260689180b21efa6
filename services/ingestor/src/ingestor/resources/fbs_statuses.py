"""Statuses of FBS tasks. Source: `POST /api/v3/orders/status` (marketplace), 1000 of our ids a call.

Asked about are the tasks that may still change: not in a final state, and not older than WB keeps them.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from contracts.fbs import FbsOrdersUpdatedV1
from sqlalchemy import bindparam
from sqlalchemy import text as sql
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources import answers, batches, fbs_orders
from ingestor.resources.columns import names, parser
from ingestor.resources.resource import (
    Change,
    Page,
    Position,
    Publishing,
    Reading,
    Resource,
    Seen,
    Start,
    Step,
    Storage,
    same_page,
)
from ingestor.wb.methods import METHODS

NAME = "fbs_statuses"

MAX_IDS = 1_000

_UNTOUCHED = ({None, "new"}, {None, "waiting"})
"""What the seller and WB say of a task that nothing has happened to."""

_SUBJECTS = sql(f"""
    SELECT fbs_order_id FROM fbs_orders
    WHERE cabinet_id = :cabinet_id AND fbs_order_id > :after AND {fbs_orders.OPEN} AND created_at > now() - :kept
        AND {batches.ASKABLE.format("fbs_order_id")}
    ORDER BY fbs_order_id LIMIT :limit
""").bindparams(bindparam("kept", fbs_orders.KEPT_BY_WB))


class _Told(msgspec.Struct):
    supplier_status: str | None
    wb_status: str | None


parse = parser(fbs_orders.STATUS_COLUMNS)
_told = msgspec.json.Decoder(_Told)


def begin(cursor: Position | None, start: Start) -> Position:
    """From the first task, or after the last one asked about."""
    return cursor or {"after": 0, "limit": min(MAX_IDS, start.page_rows)}


async def subjects(connection: AsyncConnection, cabinet_id: UUID, position: Position) -> Sequence[int]:
    """The next tasks that may still change, by their ids."""
    asked = {
        "cabinet_id": cabinet_id,
        "resource": NAME,
        "after": position["after"],
        "limit": position["limit"],
    }
    return (await connection.execute(_SUBJECTS, asked)).scalars().all()


def ask(position: Position) -> dict[str, Any]:
    """The statuses of these tasks."""
    return {"json": {"orders": parts(position)}}


def parts(position: Position) -> list[int]:
    """The tasks of the next call."""
    return batches.ids(position, MAX_IDS)


def read(body: bytes) -> Page:
    """The answer's `orders`."""
    return Page(answers.rows(body, "orders"))


def advance(position: Position, seen: Seen) -> Step:
    """On to the tasks after these, whatever WB said of them."""
    return Step({"after": parts(position)[-1], "limit": position["limit"]}, done=False)


def is_live(change: Change, connected_at: datetime, first_load: bool) -> bool:
    """The first status of a task is news only if something has happened to it, and it is not of the past."""
    if not change.first_from_source:
        return not first_load
    if change.others["created_at"] < connected_at.replace(microsecond=0):
        return False
    told = _told.decode(change.snapshot)
    return any(
        word not in still for word, still in zip((told.supplier_status, told.wb_status), _UNTOUCHED, strict=True)
    )


RESOURCE = Resource(
    name=NAME,
    method=METHODS["fbs-statuses"],
    refresh=timedelta(minutes=5),
    reading=Reading(
        paging="our ids, 1000 a call",
        overlap="everything that may still change",
        begin=begin,
        ask=ask,
        read=read,
        advance=advance,
        again=same_page,
        subjects=subjects,
        ids_at_once=MAX_IDS,
        parts=parts,
    ),
    storage=Storage(
        table=fbs_orders.TABLE,
        parse=parse,
        columns=names(fbs_orders.STATUS_COLUMNS),
        digest="status_hash",
        known_only=True,
    ),
    publishing=Publishing(
        event=FbsOrdersUpdatedV1,
        rows="fbs_orders",
        is_live=is_live,
    ),
    codes=frozenset({"supplierStatus", "wbStatus"}),
)

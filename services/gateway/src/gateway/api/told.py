"""`/notifications/deliveries`: what you were told, or not, and why."""

from typing import Annotated
from uuid import UUID

from contracts.message_kinds import MessageKind
from fastapi import APIRouter, Query, Response

from gateway import told
from gateway.answers.form import Answered, Listed
from gateway.api.auth import Reader, Reading
from gateway.api.form import AskedList, described, visible_cabinets
from gateway.api.names import OneCabinet
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem
from gateway.told import Told, ToldQuery, ToldStatus, ToldWhy

router = APIRouter(prefix="/notifications/deliveries", tags=["notifications"])


@router.get("", **described(Listed[Told], "told_list", is_list=True))
async def list_told(
    caller: Reader,
    answer: Reading,
    parts: UsedParts,
    asked: AskedList,
    cabinet_id: OneCabinet = None,
    status: Annotated[ToldStatus | None, Query(description="without it, all")] = None,
    kind: Annotated[MessageKind | None, Query(description="without it, all", examples=["order_new"])] = None,
) -> Response:
    """What you were told of your cabinets in messages, are still to be told, or were not told because of your settings;
    what came last first. They are kept for 100 days."""
    query = ToldQuery(caller.telegram_id, visible_cabinets(answer, cabinet_id), status, kind)
    return await asked.answer(answer, lambda window: told.page(parts.reads, query, window))


@router.get("/{delivery_id}", **described(Answered[ToldWhy], "told"))
async def why_told(answer: Reading, parts: UsedParts, delivery_id: UUID) -> Response:
    """Why you or another member of a cabinet of yours was told something: its kind, the figures it went by and how old
    they were, what the settings decided, and the event that it comes from."""
    found = await told.find(parts.reads, visible_cabinets(answer, None), delivery_id)
    if found is None:
        raise Problem(404, "delivery_not_found", "Nobody of your cabinets was to be told anything with this id.")
    return answer.of(found, age=None)

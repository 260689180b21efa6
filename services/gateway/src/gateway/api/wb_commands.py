"""`/commands`: what was written at Wildberries, and how far it has come."""

from uuid import UUID

from fastapi import APIRouter, Response

from gateway import wb_commands
from gateway.answers.form import Answered, Listed
from gateway.api.auth import Reading
from gateway.api.form import AskedList, described, visible_cabinets
from gateway.api.names import OneCabinet
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem
from gateway.wb_commands import WbCommand

router = APIRouter(prefix="/commands", tags=["commands"])


@router.get("", **described(Listed[WbCommand], "commands", is_list=True))
async def list_commands(answer: Reading, parts: UsedParts, asked: AskedList, cabinet_id: OneCabinet = None) -> Response:
    """What somebody had written at Wildberries in the last 100 days, what was asked for last first."""
    mine = visible_cabinets(answer, cabinet_id)
    return await asked.answer(answer, lambda window: wb_commands.page(parts.reads, mine, window))


@router.get("/{command_id}", **described(Answered[WbCommand], "command"))
async def get_command(answer: Reading, parts: UsedParts, command_id: UUID) -> Response:
    """One command: asked for, sent, confirmed or refused, with Wildberries' reason."""
    async with parts.reads.showing(answer.cabinets) as shown:
        found = await wb_commands.find(shown, answer.cabinets, command_id)
    if found is None:
        raise Problem(404, "command_not_found", "You have no command with this id.")
    return answer.of(found)

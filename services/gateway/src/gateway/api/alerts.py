"""`/alerts`: what a seller should know, until its cause is gone, and what he does about it."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from contracts.alerts import Severity
from contracts.model import Moment
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from servicekit import clock

from gateway import alert_marks, alerts, cabinets, roles
from gateway.alert_marks import MarkState
from gateway.alerts import AlertQuery, AlertState, ListedAlert
from gateway.answers.form import Answered, Listed
from gateway.api.auth import Caller, Reading, Writer
from gateway.api.examples import example
from gateway.api.form import AskedList, described, visible_cabinets
from gateway.api.names import MAX_NM_ID, Name, OneCabinet
from gateway.api.parts import Parts, UsedParts
from gateway.api.problems import Problem, documented
from gateway.roles import Act

router = APIRouter(prefix="/alerts", tags=["alerts"])

LONGEST_SNOOZE = timedelta(days=90)


class Snooze(BaseModel):
    """How long an alert is to be left out of the open ones."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"until": "2026-11-21T09:00:00+03:00"}]}
    )

    until: Moment = Field(description=f"in the future, {LONGEST_SNOOZE.days} days ahead at most")


@router.get("", **described(Listed[ListedAlert], "alerts", is_list=True))
async def list_alerts(
    answer: Reading,
    parts: UsedParts,
    asked: AskedList,
    cabinet_id: OneCabinet = None,
    state: Annotated[
        AlertState, Query(description="open: its cause is still there, and nobody snoozed or resolved it")
    ] = AlertState.OPEN,
    rule: Annotated[Name | None, Query(description="who raised it, e.g. running_out")] = None,
    severity: Severity | None = None,
    nm_id: Annotated[
        int | None, Query(ge=0, le=MAX_NM_ID, description="WB article; 0: what is about a whole cabinet")
    ] = None,
) -> Response:
    """Alerts, those raised last first, open ones unless you ask for others. They close themselves when their cause is
    gone, and stay readable."""
    cabinets = visible_cabinets(answer, cabinet_id)
    query = AlertQuery(cabinets=cabinets, state=state, rule=rule, severity=severity, nm_id=nm_id)
    return await asked.answer(answer, lambda window: alerts.page(parts.reads, query, window))


@router.get("/{alert_id}", **described(Answered[ListedAlert], "alert"))
async def get_alert(answer: Reading, parts: UsedParts, alert_id: UUID) -> Response:
    """One alert as it is now, also when it is over, snoozed or resolved."""
    found = await alerts.read(parts.reads, visible_cabinets(answer, None), alert_id)
    if found is None:
        raise _alert_not_found()
    alert, age = found
    return answer.of(alert, age=age)


_MARKED: dict[str, Any] = {
    "responses": {
        200: {"content": {"application/json": {"example": example("alerts")["data"][0]}}},
        **documented(404),
    }
}


@router.post("/{alert_id}/acknowledge", **_MARKED)
async def acknowledge_alert(caller: Writer, parts: UsedParts, alert_id: UUID) -> ListedAlert:
    """Somebody has seen it and sees to it; it stays among the open ones. Safe to repeat."""
    return await _mark(caller, parts, alert_id, MarkState.ACKNOWLEDGED)


@router.post("/{alert_id}/snooze", **_MARKED)
async def snooze_alert(caller: Writer, parts: UsedParts, alert_id: UUID, body: Snooze) -> ListedAlert:
    """Leave it out of the open ones until a moment, or until its cause was gone and is back. 422 `snooze_invalid`: the
    moment is past, or too far ahead."""
    now = clock.now()
    if not now < body.until <= now + LONGEST_SNOOZE:
        detail = f"`until` is to be in the future, and {LONGEST_SNOOZE.days} days ahead at most."
        raise Problem(422, "snooze_invalid", detail)
    return await _mark(caller, parts, alert_id, MarkState.SNOOZED, body.until)


@router.post("/{alert_id}/resolve", **_MARKED)
async def resolve_alert(caller: Writer, parts: UsedParts, alert_id: UUID) -> ListedAlert:
    """It is dealt with, whatever its figures say. When its cause was gone and is back, it is open again."""
    return await _mark(caller, parts, alert_id, MarkState.RESOLVED)


@router.delete("/{alert_id}/mark", **_MARKED)
async def unmark_alert(caller: Writer, parts: UsedParts, alert_id: UUID) -> ListedAlert:
    """Take back what was done about it."""
    return await _mark(caller, parts, alert_id, None)


async def _mark(
    caller: Caller, parts: Parts, alert_id: UUID, state: MarkState | None, until: datetime | None = None
) -> ListedAlert:
    async with parts.database.transaction() as connection:
        of = await cabinets.ids_of(connection, caller.telegram_id)
        place = await alert_marks.cabinet_of(connection, of, alert_id)
        if place is None:
            raise _alert_not_found()
        cabinet_id, episode = place
        await roles.require(connection, cabinet_id=cabinet_id, user=caller.telegram_id, act=Act.HANDLE_ALERTS)
        await alert_marks.mark(
            connection, cabinet_id, alert_id, episode=episode, user=caller.telegram_id, state=state, until=until
        )
        marked = await alerts.find(connection, cabinet_id, alert_id)
    if marked is None:
        raise LookupError("an alert just marked is not there")
    return marked


def _alert_not_found() -> Problem:
    return Problem(404, "alert_not_found", "You have no alert with this id.")

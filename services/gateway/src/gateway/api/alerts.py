"""`/alerts`: what a seller should know, until its cause is gone."""

from typing import Annotated

from contracts.alerts import Severity
from fastapi import APIRouter, Query, Request, Response

from gateway import alerts
from gateway.alerts import AlertQuery, AlertState, ListedAlert
from gateway.api.auth import Reading
from gateway.api.form import (
    AskedWindow,
    Many,
    answer_page,
    cursor_refused,
    described,
    visible_cabinets,
)
from gateway.api.names import MAX_NM_ID, Name, OneCabinet
from gateway.api.parts import UsedParts
from gateway.sorting import NotACursor

router = APIRouter(prefix="/alerts", tags=["alerts"])


@router.get("", **described(Many[ListedAlert], "alerts", is_list=True))
async def list_alerts(
    request: Request,
    answer: Reading,
    parts: UsedParts,
    window: AskedWindow,
    cabinet_id: OneCabinet = None,
    state: Annotated[AlertState, Query(description="open: its cause is still there")] = AlertState.OPEN,
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
    try:
        page = await alerts.page(parts.database, query, window)
    except NotACursor:
        raise cursor_refused() from None
    return answer_page(answer, request, window, page)

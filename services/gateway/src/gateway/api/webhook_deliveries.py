"""`/webhooks/{id}/…`: what was sent to a webhook, what it missed, and a try."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from contracts.model import Model
from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, WithJsonSchema
from servicekit import clock

from gateway import cabinets, webhook_log, webhooks
from gateway.answers.form import Listed
from gateway.api.auth import Reader, Reading, Writer
from gateway.api.form import AskedList, described, visible_cabinets
from gateway.api.names import OneCabinet
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem, documented
from gateway.api.webhook_form import is_paused
from gateway.api.webhooks import found
from gateway.webhook_log import DeliveryQuery, DeliveryStatus, WebhookDelivery

router = APIRouter(prefix="/webhooks/{webhook_id}", tags=["webhooks"])

FIRST_YEAR, LAST_YEAR = 2000, 2100


def _of_these_years(at: datetime) -> datetime:
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(f"a moment of the years {FIRST_YEAR} to {LAST_YEAR}")
    return at


BoundedMoment = Annotated[
    AwareDatetime,
    AfterValidator(_of_these_years),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": "^(20[0-9]{2}|2100)-"}),
]


class Replay(BaseModel):
    """What was missed when."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"since": "2026-11-20T00:00:00+03:00"}]}
    )

    since: BoundedMoment = Field(description="what came from then on; deliveries are kept for 100 days")
    until: BoundedMoment | None = Field(default=None, description="what came before then; null: until now")


class RequestedReplay(Model):
    """A replay that was asked for; `GET …/deliveries` shows how it goes."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"replay_id": "01a20c2b-7a5e-7c3e-9d0a-1c2f5b7e9a31"}]})

    replay_id: UUID


class RequestedTest(Model):
    """A test event that was asked for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"delivery_id": "01a20c2b-7a5e-7c3e-9d0a-1c2f5b7e9a41"}]})

    delivery_id: UUID = Field(description="of `GET …/deliveries`, and the `webhook-id` of the message")


@router.get("/deliveries", **described(Listed[WebhookDelivery], "webhook_deliveries", is_list=True))
async def list_webhook_deliveries(
    caller: Reader,
    answer: Reading,
    parts: UsedParts,
    webhook_id: UUID,
    asked: AskedList,
    cabinet_id: OneCabinet = None,
    status: Annotated[DeliveryStatus | None, Query(description="without it, all")] = None,
) -> Response:
    """What a webhook was told of your cabinets, is still to be told or missed; what came last first. Of each: the
    tries, the last answer and the next try."""
    mine = visible_cabinets(answer, cabinet_id)
    async with parts.database.transaction() as connection:
        await found(connection, caller.telegram_id, webhook_id)
    query = DeliveryQuery(webhook_id, mine, status)
    return await asked.answer(answer, lambda window: webhook_log.page(parts.reads, query, window))


@router.post("/test", status_code=202, responses=documented(404, 409))
async def send_test(caller: Writer, parts: UsedParts, webhook_id: UUID) -> RequestedTest:
    """Have a `webhook.test` sent, whatever types the webhook names, as everything else is sent.

    Refused where the webhook is paused (409 `webhook_paused`) or told of no cabinet (409 `webhook_without_cabinets`).
    """
    async with parts.database.transaction() as connection:
        stored, state = await found(connection, caller.telegram_id, webhook_id)
        if is_paused(stored, state):
            raise _paused()
        covered = stored.covered(await cabinets.ids_of(connection, caller.telegram_id))
        if not covered:
            raise Problem(409, "webhook_without_cabinets", "The webhook is told of no cabinet of yours.")
        return RequestedTest(delivery_id=await webhooks.ask_for_test(connection, stored, covered[0]))


@router.post("/replay", status_code=202, responses=documented(404, 409, 413))
async def replay_missed(caller: Writer, parts: UsedParts, webhook_id: UUID, body: Replay) -> RequestedReplay:
    """Have sent what failed, or was kept while the webhook was paused: each once, under the `webhook-id` that it had.

    Refused where the webhook is paused (409 `webhook_paused`): resume it first; and where `since` is not before `until`
    (422 `period_invalid`).
    """
    until = body.until or clock.now()
    if body.since >= until:
        raise Problem(422, "period_invalid", "`since` is not before `until`.")
    async with parts.database.transaction() as connection:
        stored, state = await found(connection, caller.telegram_id, webhook_id)
        if is_paused(stored, state):
            raise _paused()
        replay_id = await webhooks.ask_for_replay(connection, stored, since=body.since, until=until)
    return RequestedReplay(replay_id=replay_id)


def _paused() -> Problem:
    return Problem(409, "webhook_paused", "The webhook is paused: POST …/resume it first.")

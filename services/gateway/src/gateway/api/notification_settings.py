"""`/notifications/settings`, `/kinds`, `/mutes`: what you are told, what not, and when."""

from datetime import datetime, timedelta
from functools import cache
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import available_timezones

from contracts.message_kinds import KINDS
from contracts.notification_settings import MOST, VALUES, Mute, NotificationSettings, PersonalChannel, levels
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ValidationError
from servicekit import clock
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import cabinets, notification_settings
from gateway.answers.form import Answered, Listed
from gateway.api.auth import Caller, Reader, Reading, Writer
from gateway.api.form import WholeList, described, described_whole, visible_cabinets
from gateway.api.names import MAX_NM_ID
from gateway.api.notification_forms import (
    KINDS_EXAMPLE,
    MOST_HOURS,
    ChangeSettings,
    EffectiveSettings,
    EnteredMute,
    EnterSettings,
    Kind,
    MuteFor,
    Settings,
    ShownKind,
)
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem, documented
from gateway.notification_settings import Stored
from gateway.roles import cabinet_not_found

router = APIRouter(prefix="/notifications", tags=["notifications"])

LONGEST_MUTE = timedelta(hours=MOST_HOURS)


@router.get("/settings", **described(Answered[Settings], "notification_settings"))
async def get_notification_settings(caller: Reader, answer: Reading, parts: UsedParts) -> Response:
    """What you entered of what you want to be told, in all your cabinets; where nothing is said, defaults count
    (`/notifications/kinds`). Rules that name more are more special: a channel before a kind before a cabinet."""
    async with parts.database.transaction() as connection:
        stored = await notification_settings.read(connection, caller.telegram_id)
    return answer.of(_shown(stored, answer.cabinets))


@router.put("/settings", responses=documented(404, 409, 413))
async def enter_notification_settings(caller: Writer, parts: UsedParts, body: EnterSettings) -> Settings:
    """Say all of it. It counts at once, also for what waits to be told. With `revision` nothing is lost that somebody
    else entered meanwhile (409 `settings_changed`). Refused are a zone that is not known (422 `zone_unknown`), and two
    rules that name the same or more than 5,000 items in all (422 `settings_invalid`)."""
    _check_zone(body.zone)
    wanted = _settings(body.model_dump(exclude={"revision"}))
    wanted = wanted.having(rules=notification_settings.saying(wanted.rules), mutes=wanted.mutes)
    async with parts.database.transaction() as connection:
        return await _enter(connection, caller, wanted, await _held(connection, caller, body.revision))


@router.patch("/settings", responses=documented(404, 409, 413))
async def change_notification_settings(caller: Writer, parts: UsedParts, body: ChangeSettings) -> Settings:
    """Change what is given and nothing else: two changes at once are both done. Refused is what PUT refuses (409
    `settings_changed`, 422 `zone_unknown`, `settings_invalid`), and more than 200 rules in all (422
    `settings_invalid`)."""
    _check_zone(body.zone)
    async with parts.database.transaction() as connection:
        held = await _held(connection, caller, body.revision)
        mine = await cabinets.ids_of(connection, caller.telegram_id)
        seen = notification_settings.visible(held.settings, mine, clock.now())
        said = {"language": body.language, "zone": body.zone}
        rules = notification_settings.changed(seen.rules, body.rules)
        changes = {**{name: value for name, value in said.items() if value is not None}, "rules": rules}
        wanted = _settings({**seen.model_dump(), **changes, "rules": [rule.model_dump() for rule in rules]})
        return await _enter(connection, caller, wanted, held)


@router.get("/settings/effective", **described(Answered[EffectiveSettings], "effective_settings"))
async def get_effective_settings(
    caller: Reader,
    answer: Reading,
    parts: UsedParts,
    kind: Annotated[Kind, Query()],
    cabinet_id: Annotated[UUID | None, Query(description="without it, of no cabinet in particular")] = None,
    channel: PersonalChannel = "telegram",
) -> Response:
    """What counts for messages of a kind about a cabinet in a channel, and what each level says of it."""
    mine = visible_cabinets(answer, cabinet_id)
    async with parts.database.transaction() as connection:
        stored = await notification_settings.read(connection, caller.telegram_id)
    settings = notification_settings.visible(stored.settings, mine, clock.now())
    values: dict[str, Any] = {}
    for name in VALUES:
        said = [
            {"level": each.level, "value": each.value} for each in levels(settings, cabinet_id, kind, channel, name)
        ]
        values[name] = {**said[0], "levels": said}
    muted_until = max(
        (
            mute.until
            for mute in settings.mutes
            if mute.nm_id is None and mute.kind in (None, kind) and mute.cabinet_id in (None, cabinet_id)
        ),
        default=None,
    )
    shown = {**values, "cabinet_id": cabinet_id, "kind": kind, "channel": channel, "muted_until": muted_until}
    return answer.of(EffectiveSettings.model_validate(_plain(shown)))


@router.get("/kinds", **described_whole(Listed[ShownKind], example=KINDS_EXAMPLE))
async def list_message_kinds(caller: Reader, answer: Reading, asked: WholeList) -> Response:
    """Every kind of messages with what counts where you said nothing, in the order in which people are shown them."""
    rows = [
        ShownKind.model_validate(
            {**vars(kind), "webhook_type": None if kind.for_people_only else kind.webhook_type},
        )
        for kind in KINDS.values()
    ]
    return await asked.answer_whole(answer, rows)


@router.post("/mutes", status_code=201, responses=documented(404, 409, 413))
async def mute_notifications(caller: Writer, parts: UsedParts, body: MuteFor) -> EnteredMute:
    """Be told nothing of an item, a kind or a cabinet for a while; of what fits all that is named. A mute that names
    the same is replaced. The end is to be given once, in the future and 366 days ahead at most (422 `mute_invalid`);
    200 mutes are the most that there can be (409 `too_many_mutes`)."""
    mute = Mute(cabinet_id=body.cabinet_id, kind=body.kind, nm_id=body.nm_id, until=_end(body, clock.now()))
    async with parts.database.transaction() as connection:
        held = await _held(connection, caller, None)
        mine = await cabinets.ids_of(connection, caller.telegram_id)
        seen = notification_settings.visible(held.settings, mine, clock.now())
        others = notification_settings.without(seen.mutes, mute)
        if len(others) >= MOST:
            raise Problem(409, "too_many_mutes", f"You have {MOST} mutes: end one first.")
        await _enter(connection, caller, seen.having(rules=seen.rules, mutes=(*others, mute)), held)
    return EnteredMute(**mute.model_dump())


@router.delete("/mutes", status_code=204, responses=documented(404))
async def unmute_notifications(
    caller: Writer,
    parts: UsedParts,
    cabinet_id: UUID | None = None,
    kind: Annotated[Kind | None, Query()] = None,
    nm_id: Annotated[int | None, Query(ge=1, le=MAX_NM_ID)] = None,
) -> None:
    """End the mute that names exactly this, with nothing named that of everything; where there is none, nothing
    happens."""
    named = Mute(cabinet_id=cabinet_id, kind=kind, nm_id=nm_id, until=clock.now())
    async with parts.database.transaction() as connection:
        held = await _held(connection, caller, None)
        mine = await cabinets.ids_of(connection, caller.telegram_id)
        if cabinet_id is not None and cabinet_id not in mine:
            raise cabinet_not_found()
        seen = notification_settings.visible(held.settings, mine, clock.now())
        left = notification_settings.without(seen.mutes, named)
        await _enter(connection, caller, seen.having(rules=seen.rules, mutes=left), held)


async def _held(connection: AsyncConnection, caller: Caller, revision: int | None) -> Stored:
    held = await notification_settings.hold(connection, caller.telegram_id)
    if revision is not None and revision != held.revision:
        detail = f"Your settings are of revision {held.revision} by now: read them again."
        raise Problem(409, "settings_changed", detail)
    return held


async def _enter(connection: AsyncConnection, caller: Caller, wanted: NotificationSettings, held: Stored) -> Settings:
    mine = await cabinets.ids_of(connection, caller.telegram_id)
    named = {rule.cabinet_id for rule in wanted.rules} | {mute.cabinet_id for mute in wanted.mutes}
    if named - {None, *mine}:
        raise cabinet_not_found()
    whole = notification_settings.with_hidden(wanted, held.settings, mine, clock.now())
    return _shown(await notification_settings.enter(connection, caller.telegram_id, held, whole), mine)


def _settings(fields: dict[str, Any]) -> NotificationSettings:
    try:
        return NotificationSettings.model_validate(fields)
    except ValidationError as error:
        raise Problem(422, "settings_invalid", "; ".join(each["msg"] for each in error.errors())) from None


def _end(body: MuteFor, now: datetime) -> datetime:
    until = body.until if body.hours is None else now + timedelta(hours=body.hours)
    if until is None or (body.until is not None and body.hours is not None) or not now < until <= now + LONGEST_MUTE:
        detail = f"Give `until`, in the future and {LONGEST_MUTE.days} days ahead at most, or `hours`."
        raise Problem(422, "mute_invalid", detail)
    return until


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def _check_zone(zone: str | None) -> None:
    if zone is not None and zone not in _zones():
        raise Problem(422, "zone_unknown", "No time zone has this name; Europe/Moscow is one.")


def _shown(stored: Stored, mine: Any) -> Settings:
    seen = notification_settings.visible(stored.settings, mine, clock.now())
    return Settings.model_validate(
        {
            **seen.model_dump(),
            "revision": stored.revision,
            "entered_at": stored.entered_at if stored.revision else None,
        }
    )


def _plain(value: Any) -> Any:
    """Models as what they are made of."""
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value

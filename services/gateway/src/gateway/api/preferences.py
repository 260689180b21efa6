"""`/notifications/preferences`: what a member of a cabinet is told, and what not."""

from collections.abc import Sequence
from typing import Annotated, Literal, Self
from uuid import UUID

from contracts.message_kinds import TOLD_TO_PEOPLE, MessageKind
from contracts.model import Model
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, model_validator

from gateway import preferences
from gateway.answers.form import Listed
from gateway.api.auth import Reader, Reading, Writer
from gateway.api.cabinets import cabinet_not_found
from gateway.api.examples import example
from gateway.api.form import AskedList, described
from gateway.api.parts import UsedParts
from gateway.api.problems import documented
from gateway.lists import Page, Window, part_of
from gateway.sorting import Key, Sorting

router = APIRouter(prefix="/notifications/preferences", tags=["notifications"])

_EXAMPLE = example("preferences")["data"]
_BY_CABINET = Sorting("cabinet_id", (Key("cabinet_id", "uuid"),))


# FastAPI's document does not say of a mapping which keys it may have.
Kinds = Annotated[
    dict[MessageKind, bool],
    WithJsonSchema(
        {
            "type": "object",
            "properties": {str(kind): {"type": "boolean"} for kind in TOLD_TO_PEOPLE},
            "additionalProperties": False,
        }
    ),
]


class CabinetPreferences(Model):
    """What you are told of a cabinet."""

    model_config = ConfigDict(json_schema_extra={"examples": _EXAMPLE})

    cabinet_id: UUID
    channel: Literal["telegram"]
    kinds: Kinds = Field(description="every kind of message: whether you are told it")


class EnterCabinet(BaseModel):
    """What you want to be told of a cabinet."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cabinet_id: UUID
    channel: Literal["telegram"] = "telegram"
    kinds: Kinds = Field(description="kinds that are not named are told")


class EnterPreferences(BaseModel):
    """Of each cabinet everything, whatever was before; other cabinets stay as they are."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"preferences": [{"cabinet_id": _EXAMPLE[0]["cabinet_id"], "kinds": {"order_changed": False}}]}
            ]
        },
    )

    preferences: tuple[EnterCabinet, ...] = Field(min_length=1, max_length=100)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({(each.cabinet_id, each.channel) for each in self.preferences}) < len(self.preferences):
            raise ValueError("a cabinet is named twice")
        return self


class EnteredPreferences(Model):
    """Of all your cabinets."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"preferences": _EXAMPLE}]})

    preferences: tuple[CabinetPreferences, ...]


@router.get("", **described(Listed[CabinetPreferences], "preferences", is_list=True))
async def list_preferences(caller: Reader, answer: Reading, parts: UsedParts, asked: AskedList) -> Response:
    """What you are told of each of your cabinets, by their ids, the smallest first. Where nothing was entered,
    everything is told."""

    async def read(window: Window) -> Page[CabinetPreferences]:
        async with parts.database.transaction() as connection:
            stored = await preferences.list_of(connection, caller.telegram_id)
        return part_of(_shown(stored), window, _BY_CABINET)

    return await asked.answer(answer, read)


@router.put("", responses=documented(404, 413))
async def enter_preferences(caller: Writer, parts: UsedParts, body: EnterPreferences) -> EnteredPreferences:
    """Say what you want to be told: of each cabinet that is named everything, so a request is safe to repeat. What is
    switched off is not told from then on; what is on its way already still comes. Other members are not affected."""
    off = {
        each.cabinet_id: frozenset(str(k) for k, is_on in each.kinds.items() if not is_on) for each in body.preferences
    }
    async with parts.database.transaction() as connection:
        try:
            await preferences.enter(connection, caller.telegram_id, off)
        except preferences.NotAMember:
            raise cabinet_not_found() from None
        stored = await preferences.list_of(connection, caller.telegram_id)
    return EnteredPreferences(preferences=tuple(_shown(stored)))


def _shown(stored: Sequence[preferences.Preferences]) -> list[CabinetPreferences]:
    return [
        CabinetPreferences(
            cabinet_id=each.cabinet_id,
            channel="telegram",
            kinds={kind: kind not in each.off for kind in TOLD_TO_PEOPLE},
        )
        for each in stored
    ]

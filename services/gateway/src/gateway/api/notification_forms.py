"""What users say of what they want to be told, and what they are shown of it."""

from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from contracts.message_kinds import KINDS, KindFamily
from contracts.model import Model, Moment, Money
from contracts.notification_settings import (
    DEFAULT_ZONE,
    MOST,
    Language,
    Level,
    Mute,
    PersonalChannel,
    Quiet,
    SettingsRule,
)
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from gateway.api.entered_rows import Amount, NmId
from gateway.api.examples import example

MOST_HOURS = 366 * 24

SETTINGS_EXAMPLE = example("notification_settings")["data"]
_CABINET = SETTINGS_EXAMPLE["rules"][2]["cabinet_id"]

T = TypeVar("T")


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError("no kind of messages; GET /notifications/kinds lists them")
    return kind


Kind = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(KINDS)})]
Zone = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_+/-]+$"),
    Field(description="IANA name of a time zone", examples=[DEFAULT_ZONE]),
]
Revision = Annotated[int, Field(ge=0)]


class EnterQuiet(Quiet):
    """Hours in which what is not critical waits; across midnight where `since` is after `until`, none where equal."""

    model_config = ConfigDict(extra="forbid")


class EnterRule(SettingsRule):
    """What is wanted of that which the rule names; null: as a less special rule says."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind | None = None
    above: Amount | None = Field(default=None, description="only amounts from this one on, in their own currency")
    only_nm_ids: tuple[NmId, ...] | None = Field(
        default=None, max_length=500, description="of messages about an item only these; none named: of every item"
    )
    quiet: EnterQuiet | None = None


class EnterMute(Mute):
    """Nothing is told of that which fits all that is named, until then; nothing named: nothing at all."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind | None = None
    nm_id: NmId | None = None


class EnterSettings(BaseModel):
    """All of it, whatever was before."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"zone": "Asia/Yekaterinburg", "rules": [{"cabinet_id": _CABINET, "kind": "order_new", "is_on": False}]}
            ]
        },
    )

    language: Language = "ru"
    zone: Zone = DEFAULT_ZONE
    rules: tuple[EnterRule, ...] = Field(default=(), max_length=MOST)
    mutes: tuple[EnterMute, ...] = Field(default=(), max_length=MOST)
    revision: Revision | None = Field(default=None, description="the one that it replaces; null: whichever is there")


class ChangeSettings(BaseModel):
    """What is to change; everything else stays as it is."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [{"rules": [{"cabinet_id": _CABINET, "kind": "order_changed", "is_on": False}]}]
        },
    )

    language: Language | None = None
    zone: Zone | None = None
    rules: tuple[EnterRule, ...] = Field(
        default=(),
        max_length=MOST,
        description="of the rule that names the same, what is given is set; null: it says nothing of it any more",
    )
    revision: Revision | None = Field(default=None, description="the one that it changes; null: whichever is there")


class MuteFor(BaseModel):
    """What is not to be told, and how long; nothing named: nothing at all."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"cabinet_id": _CABINET, "nm_id": 7, "hours": 24}]}
    )

    cabinet_id: UUID | None = None
    kind: Kind | None = None
    nm_id: NmId | None = None
    until: Moment | None = Field(default=None, description="either this")
    hours: Annotated[int, Field(ge=1, le=MOST_HOURS)] | None = Field(default=None, description="or this, from now on")


class EnteredMute(Mute):
    """Nothing is told of that which fits all that is named, until then."""

    model_config = ConfigDict(json_schema_extra={"examples": [SETTINGS_EXAMPLE["mutes"][0]]})


class Settings(Model):
    """What you want to be told, when, and in which words."""

    model_config = ConfigDict(json_schema_extra={"examples": [SETTINGS_EXAMPLE]})

    revision: int = Field(description="counts from 1 how often they were changed; 0: you have entered none")
    entered_at: datetime | None
    language: Language
    zone: str
    rules: tuple[SettingsRule, ...] = Field(description="those of cabinets that you left are kept and not shown")
    mutes: tuple[Mute, ...] = Field(description="that have not ended")


class SaidAt(Model, Generic[T]):
    """What a level says."""

    level: Level
    value: T


class Effective(Model, Generic[T]):
    """What counts, the level that says it, and what each level says: the most special first, the default last."""

    value: T
    level: Level
    levels: tuple[SaidAt[T], ...]


class EffectiveSettings(Model):
    """What counts for messages of one kind about one cabinet in one channel."""

    cabinet_id: UUID | None
    kind: str
    channel: PersonalChannel
    is_on: Effective[bool]
    above: Effective[Money | None]
    only_nm_ids: Effective[tuple[int, ...]] = Field(description="none: every item")
    quiet: Effective[Quiet | None]
    group_after: Effective[int]
    digest_at: Effective[str]
    muted_until: Moment | None = Field(description="null: not muted, but for single items")


class ShownKind(Model):
    """A kind of messages."""

    name: str
    family: KindFamily
    ru: str = Field(description="its title in Russian")
    en: str = Field(description="its title in English")
    is_on: bool = Field(description="whether who said nothing is told it")
    is_critical: bool = Field(description="it passes quiet hours, and mutes but for an item's")
    has_amount: bool = Field(description="`above` can be said of it")
    above: Money | None = Field(description="it is told from this amount of roubles on, unless you say another one")
    webhook_type: str | None = Field(description="as webhooks name it; null: they are not told of it")


KINDS_EXAMPLE: list[dict[str, object]] = [
    {
        "name": "order_new",
        "family": "orders",
        "ru": "Новый заказ",
        "en": "New order",
        "is_on": True,
        "is_critical": False,
        "has_amount": True,
        "above": None,
        "webhook_type": "order.new",
    }
]

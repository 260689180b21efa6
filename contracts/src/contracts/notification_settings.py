"""What a user wants to be told, when, and in which words: one document, told as a whole whenever it changes.

Rules say it at four levels: of the user, of a cabinet, of a kind of messages, and of a channel. A rule that names a
channel is more special than any that names none, then one that names a kind, then one that names a cabinet. Each value
is looked up by itself: the most special rule that has it decides, then the kind's own default.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Generic, Literal, Self, TypeVar
from uuid import UUID

from pydantic import Field, model_validator

from contracts.cabinets import TelegramId
from contracts.entered import Amount
from contracts.envelope import EventData
from contracts.message_kinds import KINDS
from contracts.model import Model, Moment, NmId

Language = Literal["ru", "en"]
PersonalChannel = Literal["telegram", "email", "webpush", "firebase"]
"""Channels to people. Webhooks name what they are told themselves."""
Level = Literal["channel", "kind", "cabinet", "user", "default"]

DEFAULT_ZONE = "Europe/Moscow"
GROUP_AFTER = 10
DIGEST_AT = "08:00"

HourMinute = Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", description="HH:MM in the user's zone")]
KindName = Annotated[str, Field(min_length=1, max_length=64, description="of `contracts.message_kinds.KINDS`")]
MOST_ITEMS = 5_000
"""Items that the rules of one document name in all."""
MOST = 200
"""Rules of a document, and mutes."""

Value = TypeVar("Value")


class Quiet(Model):
    """Hours in which what is not critical waits; across midnight where `since` is after `until`, none where equal."""

    since: HourMinute
    until: HourMinute


class SettingsRule(Model):
    """What is wanted of that which the rule names; null: as a less special rule says."""

    cabinet_id: UUID | None = None
    kind: KindName | None = None
    channel: PersonalChannel | None = None
    is_on: bool | None = None
    above: Amount | None = Field(default=None, description="only amounts from this one on, in their own currency")
    only_nm_ids: tuple[NmId, ...] | None = Field(
        default=None, max_length=500, description="of messages about an item only these; none named: of every item"
    )
    quiet: Quiet | None = None
    group_after: Annotated[int, Field(ge=0, le=100)] | None = Field(
        default=None, description="so many that wait at once become one message; 0: never"
    )
    digest_at: HourMinute | None = Field(default=None, description="when digests are told; 00:00: as soon as they are")

    @property
    def place(self) -> tuple[UUID | None, str | None, str | None]:
        """What it names: cabinet, kind, channel."""
        return self.cabinet_id, self.kind, self.channel

    @property
    def level(self) -> Level:
        """The level at which it speaks: the most special of what it names."""
        if self.channel is not None:
            return "channel"
        if self.kind is not None:
            return "kind"
        return "user" if self.cabinet_id is None else "cabinet"


class Mute(Model):
    """Nothing is told of that which fits all that is named, until then; nothing named: nothing at all."""

    cabinet_id: UUID | None = None
    kind: KindName | None = None
    nm_id: NmId | None = None
    until: Moment


class NotificationSettings(Model):
    """Everything that a user said of what he wants to be told."""

    language: Language = "ru"
    zone: Annotated[str, Field(min_length=1, max_length=64, description="IANA name of a time zone")] = DEFAULT_ZONE
    rules: tuple[SettingsRule, ...] = Field(default=(), max_length=MOST)
    mutes: tuple[Mute, ...] = Field(default=(), max_length=MOST)

    @model_validator(mode="after")
    def _is_plain(self) -> Self:
        if len(self.rule_of) < len(self.rules):
            raise ValueError("two rules name the same")
        if sum(len(rule.only_nm_ids or ()) for rule in self.rules) > MOST_ITEMS:
            raise ValueError(f"the rules name more than {MOST_ITEMS} items")
        return self

    @cached_property
    def rule_of(self) -> Mapping[tuple[UUID | None, str | None, str | None], SettingsRule]:
        """The rules by what they name."""
        return {rule.place: rule for rule in self.rules}

    @cached_property
    def muted_until(self) -> Mapping[tuple[UUID | None, str | None, int | None], datetime]:
        """The latest end of the mutes of each cabinet, kind and item."""
        ends: dict[tuple[UUID | None, str | None, int | None], datetime] = {}
        for mute in self.mutes:
            key = (mute.cabinet_id, mute.kind, mute.nm_id)
            ends[key] = max(mute.until, ends.get(key, mute.until))
        return ends

    def having(self, *, rules: Sequence[SettingsRule], mutes: Sequence[Mute]) -> Self:
        """The same with other rules and mutes. A copy by pydantic would keep what was looked up in the old ones.

        Raises:
            ValidationError: they are too many.
        """
        return type(self)(language=self.language, zone=self.zone, rules=tuple(rules), mutes=tuple(mutes))


class NotificationSettingsEnteredV1(EventData, type="notification_settings.entered.v1", publisher="gateway"):
    """What a user wants to be told: all of it, whatever changed. The newest revision counts. `cabinetid` is the
    user's `contracts.webhooks.owner_id`."""

    telegram_id: TelegramId
    revision: Annotated[int, Field(ge=1, description="counts from 1 how often they were changed")]
    settings: NotificationSettings


@dataclass(frozen=True)
class Said(Generic[Value]):
    """A value, and the level that says it."""

    value: Value
    level: Level


@dataclass(frozen=True)
class Resolved:
    """What counts for messages of one kind about one cabinet in one channel, each with the level it comes from."""

    is_on: Said[bool]
    above: Said[Decimal | None]
    """Only of amounts from this one on."""
    only_nm_ids: Said[tuple[int, ...]]
    """Of messages about an item only these; none: of every item."""
    quiet: Said[Quiet | None]
    group_after: Said[int]
    digest_at: Said[str]


VALUES = ("is_on", "above", "only_nm_ids", "quiet", "group_after", "digest_at")
"""The names of what rules can say."""


def defaults_of(kind: str) -> Mapping[str, Any]:
    """What counts of a kind where nobody said anything; a kind that is not known is told."""
    known = KINDS.get(kind)
    return {
        "is_on": True if known is None else known.is_on,
        "above": None if known is None else known.above,
        "only_nm_ids": (),
        "quiet": None,
        "group_after": GROUP_AFTER,
        "digest_at": DIGEST_AT,
    }


_DEFAULTS = {kind: {name: Said(value, "default") for name, value in defaults_of(kind).items()} for kind in KINDS}
_RESOLVED = {kind: Resolved(**said) for kind, said in _DEFAULTS.items()}


def speaking(
    settings: NotificationSettings | None, cabinet_id: UUID | None, kind: str, channel: str
) -> list[SettingsRule]:
    """The rules that speak of messages of a kind about a cabinet in a channel, the most special first."""
    if settings is None or not settings.rules:
        return []
    rules = settings.rule_of
    places = [
        (a_cabinet, a_kind, a_channel)
        for a_channel in (channel, None)
        for a_kind in (kind, None)
        for a_cabinet in ((None,) if cabinet_id is None else (cabinet_id, None))
    ]
    return [rules[place] for place in places if place in rules]


def resolved(settings: NotificationSettings | None, cabinet_id: UUID | None, kind: str, channel: str) -> Resolved:
    """What counts for messages of the kind about the cabinet in the channel."""
    rules = speaking(settings, cabinet_id, kind, channel)
    if not rules and (known := _RESOLVED.get(kind)) is not None:
        return known
    said: dict[str, Any] = dict(
        _DEFAULTS.get(kind) or {name: Said(value, "default") for name, value in defaults_of(kind).items()}
    )
    for rule in reversed(rules):
        for name in VALUES:
            value = getattr(rule, name)
            if value is not None:
                said[name] = Said(value, rule.level)
    return Resolved(**said)


def levels(
    settings: NotificationSettings | None, cabinet_id: UUID | None, kind: str, channel: str, name: str
) -> list[Said[Any]]:
    """What each level says of the value `name`, the most special first, which counts; the default last."""
    rules = speaking(settings, cabinet_id, kind, channel)
    said = [Said(value, rule.level) for rule in rules if (value := getattr(rule, name)) is not None]
    return [*said, Said(defaults_of(kind)[name], "default")]

"""What a person wants to be told: where a setting speaks, what counts there, and which setting says so."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from contracts.message_kinds import KINDS
from contracts.notification_settings import NotificationSettings, PersonalChannel, defaults_of, speaking
from servicekit.callback_data import Forged

from bot.buttons import Press

CHANNELS: tuple[PersonalChannel, ...] = ("telegram", "email", "webpush", "firebase")
ALSO: Mapping[str, tuple[str, ...]] = {"order_new": ("order_first", "order_big")}
"""Kinds that are told of the same thing under a name of their own, also where the first one is off."""

CODE_BYTES = 4
_NOWHERE = UUID(int=0)
_NO_KIND = bytes(CODE_BYTES)


def code_of(kind: str) -> bytes:
    """A kind in 4 bytes, which stay the same whatever kinds there are."""
    return hashlib.blake2b(kind.encode(), digest_size=CODE_BYTES).digest()


_KIND_OF = {code_of(kind): kind for kind in KINDS}


def thing(cabinet_id: UUID | None, kind: str | None) -> bytes:
    """A cabinet and a kind, each of which may be any, in 20 bytes."""
    return (cabinet_id or _NOWHERE).bytes + (code_of(kind) if kind else _NO_KIND)


def thing_of(press: Press) -> tuple[UUID | None, str | None]:
    """What `thing` made.

    Raises:
        Forged: the button is of another version of the bot.
    """
    cabinet_id, code = press.uuid(), press.taken(CODE_BYTES)
    if code != _NO_KIND and code not in _KIND_OF:
        raise Forged("no kind of messages has this code")
    return None if cabinet_id == _NOWHERE else cabinet_id, _KIND_OF.get(code)


@dataclass(frozen=True)
class Place:
    """Where a setting speaks: of a shop, of a kind of messages, in a channel; none named: of all of them."""

    cabinet_id: UUID | None = None
    kind: str | None = None
    channel: PersonalChannel | None = None

    def packed(self) -> bytes:
        """21 of the 28 bytes of a button's body."""
        channel = CHANNELS.index(self.channel) + 1 if self.channel else 0
        return thing(self.cabinet_id, self.kind) + bytes((channel,))

    @classmethod
    def read(cls, press: Press) -> Self:
        """What `packed` made; nothing stands for everything.

        Raises:
            Forged: the button is of another version of the bot.
        """
        if not press.body:
            return cls()
        cabinet_id, kind = thing_of(press)
        channel = press.byte()
        if channel > len(CHANNELS):
            raise Forged("no channel")
        return cls(cabinet_id, kind, CHANNELS[channel - 1] if channel else None)

    def of_kind(self, kind: str | None) -> Self:
        """The same place, of this kind alone or of all."""
        return replace(self, kind=kind)

    def in_channel(self, channel: PersonalChannel | None) -> Self:
        """The same place, in this channel alone or in all."""
        return replace(self, channel=channel)

    def rule(self, **values: Any) -> dict[str, Any]:
        """What the gateway is sent so that these values are said here; None: nothing is, any more."""
        cabinet_id = str(self.cabinet_id) if self.cabinet_id else None
        named = {"cabinet_id": cabinet_id, "kind": self.kind, "channel": self.channel}
        return {**{name: value for name, value in named.items() if value is not None}, **values}


@dataclass(frozen=True)
class Said:
    """A value that counts somewhere, and the place that says it; None: nobody said it, the default counts."""

    value: Any
    by: Place | None


def said(settings: NotificationSettings, place: Place, name: str) -> Said:
    """What counts at a place of the value `name` of `contracts.notification_settings.VALUES`."""
    for rule in speaking(settings, place.cabinet_id, place.kind or "", place.channel or ""):
        value = getattr(rule, name)
        if value is not None:
            return Said(value, Place(rule.cabinet_id, rule.kind, rule.channel))
    return Said(defaults_of(place.kind or "")[name], None)


def is_on(settings: NotificationSettings, place: Place) -> bool:
    """Whether what the place names is told."""
    return bool(said(settings, place, "is_on").value)


def muted_until(settings: NotificationSettings, place: Place) -> datetime | None:
    """When the place's mutes end; None: nothing but single items is muted there."""
    ends = [
        mute.until
        for mute in settings.mutes
        if mute.nm_id is None and mute.kind in (None, place.kind) and mute.cabinet_id in (None, place.cabinet_id)
    ]
    return max(ends, default=None)


def still_told(settings: NotificationSettings, place: Place) -> tuple[str, ...]:
    """Where the kind is off: kinds that are told of the same things all the same."""
    if place.kind is None or is_on(settings, place):
        return ()
    return tuple(kind for kind in ALSO.get(place.kind, ()) if is_on(settings, place.of_kind(kind)))

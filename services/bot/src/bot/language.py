"""The language and the zone each person is answered in."""

import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import TypeVar

from aiogram.types import User
from contracts.model import MOSCOW
from servicekit.translation import Code, Language, language, zone_of

PACKAGE = "bot"
MOST_PEOPLE = 50_000
KNOWN_SECONDS = 600.0
"""What somebody chose elsewhere counts here within this time."""
AGAIN_SECONDS = 15.0

V = TypeVar("V")


@dataclass(frozen=True)
class Manner:
    """How a person is answered."""

    language: Language
    zone: tzinfo = MOSCOW


class Manners:
    """What each person chose, as far as this process knows; who chose none has Telegram's language."""

    def __init__(self) -> None:
        self._chosen: OrderedDict[int, Manner] = OrderedDict()
        self._learned_at: OrderedDict[int, float] = OrderedDict()

    def of(self, user: User) -> Manner:
        """How to answer this person."""
        code: Code = "en" if (user.language_code or "").startswith("en") else "ru"
        return self._chosen.get(user.id) or Manner(language(PACKAGE, code))

    def is_known(self, user: User) -> bool:
        """Whether it was found out lately what this person chose."""
        learned_at = self._learned_at.get(user.id)
        return learned_at is not None and time.monotonic() - learned_at < KNOWN_SECONDS

    def asked(self, user: User) -> None:
        """It was found out: not again so soon."""
        _keep(self._learned_at, user.id, time.monotonic())

    def not_answered(self, user: User) -> None:
        """It could not be found out: that is tried again soon, and does not hold up each of his messages until then."""
        _keep(self._learned_at, user.id, time.monotonic() - KNOWN_SECONDS + AGAIN_SECONDS)

    def choose(self, user: User, code: Code, zone: str | None = None) -> Manner:
        """From now on this person is answered in this language, with moments of this zone (None: as before)."""
        manner = replace(self.of(user), language=language(PACKAGE, code))
        if zone is not None:
            manner = replace(manner, zone=zone_of(zone))
        _keep(self._chosen, user.id, manner)
        return manner


def _keep(kept: "OrderedDict[int, V]", user_id: int, value: V) -> None:
    kept[user_id] = value
    kept.move_to_end(user_id)
    while len(kept) > MOST_PEOPLE:
        kept.popitem(last=False)

"""The language and the zone each person is answered in."""

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import tzinfo

from aiogram.types import User
from contracts.model import MOSCOW
from servicekit.translation import Code, Language, language

PACKAGE = "bot"
MOST_PEOPLE = 50_000


@dataclass(frozen=True)
class Manner:
    """How a person is answered."""

    language: Language
    zone: tzinfo = MOSCOW


class Manners:
    """What each person chose, as far as this process knows; who chose none has Telegram's language."""

    def __init__(self) -> None:
        self._chosen: OrderedDict[int, Manner] = OrderedDict()

    def of(self, user: User) -> Manner:
        """How to answer this person."""
        code: Code = "en" if (user.language_code or "").startswith("en") else "ru"
        return self._chosen.get(user.id) or Manner(language(PACKAGE, code))

    def choose(self, user: User, code: Code) -> Manner:
        """From now on this person is answered in this language."""
        manner = replace(self.of(user), language=language(PACKAGE, code))
        self._chosen[user.id] = manner
        self._chosen.move_to_end(user.id)
        while len(self._chosen) > MOST_PEOPLE:
            self._chosen.popitem(last=False)
        return manner

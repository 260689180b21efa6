"""The language each person is answered in."""

import io
from collections import OrderedDict
from functools import cache
from importlib import resources
from typing import Any, Literal

from aiogram.types import User
from babel.messages.pofile import read_po

Code = Literal["ru", "en"]
CODES: tuple[Code, ...] = ("ru", "en")
MOST_PEOPLE = 50_000


def msgid(text: str) -> str:
    """Marks an English text that is translated where it is used."""
    return text


class Language:
    """Texts in one language: English as they stand in the code, or what the catalogue says instead."""

    def __init__(self, code: Code, texts: dict[str, tuple[str, ...]]) -> None:
        self.code = code
        self._texts = texts

    def text(self, msgid: str, **values: Any) -> str:
        """The text, with the values in its braces. They are not escaped: names go through `servicekit.text.name`."""
        said = self._texts.get(msgid, (msgid,))[0]
        return said.format(**values) if values else said

    def plural(self, singular: str, plural: str, n: int, **values: Any) -> str:
        """The form that goes with `n`, which is `{n}` in it."""
        forms = self._texts.get(singular, (singular, plural))
        if len(forms) == 2:
            said = forms[0 if n == 1 else 1]
        elif n % 100 in range(11, 15) or n % 10 in (0, 5, 6, 7, 8, 9):
            said = forms[2]
        else:
            said = forms[0 if n % 10 == 1 else 1]
        return said.format(n=n, **values)


@cache
def language(code: Code) -> Language:
    """A language, whose catalogue is read once."""
    texts: dict[str, tuple[str, ...]] = {}
    if code != "en":
        stored = (resources.files("bot") / "locale" / f"{code}.po").read_bytes()
        for message in read_po(io.BytesIO(stored), locale=code):
            if message.id and message.string:
                key = message.id[0] if isinstance(message.id, tuple | list) else message.id
                said = message.string
                texts[key] = tuple(said) if isinstance(said, tuple | list) else (said,)
    return Language(code, texts)


class Languages:
    """Which language each person chose, as far as this process knows; who chose none has Telegram's."""

    def __init__(self) -> None:
        self._chosen: OrderedDict[int, Code] = OrderedDict()

    def of(self, user: User) -> Language:
        """The language to answer this person in."""
        chosen = self._chosen.get(user.id)
        return language(chosen or ("en" if (user.language_code or "").startswith("en") else "ru"))

    def choose(self, telegram_id: int, code: Code) -> None:
        """From now on this person is answered in it."""
        self._chosen[telegram_id] = code
        self._chosen.move_to_end(telegram_id)
        while len(self._chosen) > MOST_PEOPLE:
            self._chosen.popitem(last=False)

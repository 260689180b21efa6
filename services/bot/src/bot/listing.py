"""Where somebody is in a list: its filter, its page and what is searched for, as the buttons under it carry them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self, TypeVar

from servicekit.callback_data import MAX_BODY_BYTES, Forged

from bot.buttons import Press
from bot.remembered import Remembered

MAX_TEXT_LENGTH = 100
"""The gateway searches for no more."""
LAST_OFFSET = 10_000
"""The gateway leaves out no more rows than that."""

T = TypeVar("T")

_HEAD_BYTES = 4
_IN_PLACE, _KEPT = 1, 2


@dataclass(frozen=True)
class Listing:
    """A page of a list: `kind` is the place of its filter among those of its handler."""

    kind: int = 0
    page: int = 0
    text: str = ""

    def packed(self, remembered: Remembered, *, beside: int = 0) -> bytes:
        """The end of a button's body, `beside` bytes of which are taken. A search that does not fit is remembered."""
        said, how = self.text.encode(), _IN_PLACE
        if len(said) > MAX_BODY_BYTES - beside - _HEAD_BYTES:
            said, how = remembered.keep(self.text), _KEPT
        return bytes((self.kind, how)) + min(self.page, 0xFFFF).to_bytes(2) + said

    @classmethod
    def read(cls, press: Press, remembered: Remembered) -> Self:
        """What `packed` made; nothing stands for the first page of everything.

        Raises:
            Forged: the button is of another version of the bot.
            Forgotten: the search was remembered too long ago.
        """
        body = press.rest()
        if not body:
            return cls()
        if len(body) < _HEAD_BYTES or body[1] not in (_IN_PLACE, _KEPT):
            raise Forged("not a place in a list")
        said = body[_HEAD_BYTES:]
        text = said.decode(errors="replace") if body[1] == _IN_PLACE else remembered.text(said)
        return cls(kind=body[0], page=int.from_bytes(body[2:_HEAD_BYTES]), text=text)

    def at(self, page: int) -> Self:
        """Another page of the same."""
        return replace(self, page=max(page, 0))

    def of_kind(self, kind: int) -> Self:
        """The first page with another filter."""
        return replace(self, kind=kind, page=0)

    def among(self, filters: Sequence[T]) -> T:
        """The filter that `kind` is the place of; the first where there is none (any more)."""
        return filters[self.kind] if self.kind < len(filters) else filters[0]


def searched(text: str) -> str:
    """A text as the gateway takes it: one line of 100 characters at most."""
    visible = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(visible.split())[:MAX_TEXT_LENGTH].rstrip()

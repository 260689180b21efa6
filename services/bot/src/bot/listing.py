"""Where somebody is in a list: its shop, filter and page, what is searched for, as the buttons under it carry them."""

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

SHOP_BYTES = 3
ALL_SHOPS = bytes(SHOP_BYTES)

_HEAD_BYTES = 3 + SHOP_BYTES
_KEPT, _MOST_KINDS = 0x80, 0x80


@dataclass(frozen=True)
class Listing:
    """A page of a list: `kind` is the place of its filter among those of its handler, `shop` the end of a shop's id."""

    kind: int = 0
    page: int = 0
    text: str = ""
    shop: bytes = ALL_SHOPS

    def packed(self, remembered: Remembered, *, beside: int = 0) -> bytes:
        """The end of a button's body, `beside` bytes of which are taken. A search that does not fit is remembered."""
        said, first = self.text.encode(), self.kind % _MOST_KINDS
        if len(said) > MAX_BODY_BYTES - beside - _HEAD_BYTES:
            said, first = remembered.keep(self.text), first | _KEPT
        return bytes((first,)) + min(self.page, 0xFFFF).to_bytes(2) + self.shop + said

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
        if len(body) < _HEAD_BYTES:
            raise Forged("not a place in a list")
        said = body[_HEAD_BYTES:]
        text = remembered.text(said) if body[0] & _KEPT else said.decode(errors="replace")
        return cls(body[0] % _MOST_KINDS, int.from_bytes(body[1:3]), text, body[3:_HEAD_BYTES])

    @classmethod
    def first(cls, press: Press, kind: int) -> Self:
        """As `read`, of a list that is turned by filters alone; nothing stands for the filter `kind`."""
        return cls.read(press, Remembered()) if press.body else cls(kind)

    def at(self, page: int) -> Self:
        """Another page of the same."""
        return replace(self, page=max(page, 0))

    def of_kind(self, kind: int) -> Self:
        """The first page with another filter."""
        return replace(self, kind=kind, page=0)

    def of_shop(self, shop: bytes) -> Self:
        """The first page of one shop, or of `ALL_SHOPS`."""
        return replace(self, shop=shop, page=0)

    def among(self, filters: Sequence[T]) -> T:
        """The filter that `kind` is the place of; the first where there is none (any more)."""
        return filters[self.kind] if self.kind < len(filters) else filters[0]


def searched(text: str) -> str:
    """A text as the gateway takes it: one line of 100 characters at most."""
    visible = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(visible.split())[:MAX_TEXT_LENGTH].rstrip()

"""What does not fit into a button, kept for a while: whoever presses too late is asked to begin again."""

import secrets
from collections import OrderedDict

MOST = 20_000
"""Kept at a time; the oldest go first. A cursor is about 200 bytes."""


class Forgotten(Exception):
    """It was too long ago, or this process was started since."""


class Remembered:
    """Texts by keys of 8 bytes that nobody guesses, in the memory of this process."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._texts: OrderedDict[bytes, str] = OrderedDict()

    def keep(self, text: str) -> bytes:
        """The key that gives the text back."""
        key = secrets.token_bytes(8)
        self._texts[key] = text
        while len(self._texts) > self._most:
            self._texts.popitem(last=False)
        return key

    def text(self, key: bytes) -> str:
        """The text that was kept.

        Raises:
            Forgotten: there is none under the key any more.
        """
        try:
            return self._texts[key]
        except KeyError as error:
            raise Forgotten from error

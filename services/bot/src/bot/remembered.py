"""What does not fit into a button, kept for a while: whoever presses too late is asked to begin again."""

import secrets
from collections import OrderedDict

MOST = 20_000
"""Kept at a time; the oldest go first. A cursor is about 200 bytes."""
KEY_BYTES = 6


class Forgotten(Exception):
    """It was too long ago, or this process was started since."""


class Remembered:
    """Texts by keys of 6 bytes, in the memory of this process. Keys are signed with the button that carries them."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._texts: OrderedDict[bytes, str] = OrderedDict()

    def keep(self, text: str) -> bytes:
        """The key that gives the text back."""
        key = secrets.token_bytes(KEY_BYTES)
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

"""A request as it is known again, and its answer as it is kept: sealed by what only its sender knows."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

HEADER = b"idempotency-key"
MAX_LENGTH = 255

Headers = Sequence[tuple[bytes, bytes]]


class Malformed(Exception):
    """The header is none that a request can be known by."""


@dataclass(frozen=True)
class Made:
    """An answer of a route."""

    status: int
    headers: Headers
    body: bytes


@dataclass(frozen=True)
class Request:
    """What one caller sends under one key."""

    caller: str
    """Who it is, and with which rights."""
    key: bytes
    method: str
    target: str
    """Path and query."""
    body: bytes

    @property
    def name(self) -> bytes:
        """What it is found by: the key itself is not stored."""
        return _digest(b"name", self.caller.encode(), self.key)

    @property
    def content(self) -> bytes:
        """What tells it from another request under the same key."""
        return _digest(b"content", self.method.encode(), self.target.encode(), self.body)

    def seal(self, made: Made) -> bytes:
        """The answer, readable only for who sends the same request with the same key."""
        head = [made.status, [[name.decode("latin-1"), value.decode("latin-1")] for name, value in made.headers]]
        return bytes(self._box().encrypt(b"%s\n%s" % (json.dumps(head).encode(), made.body)))

    def unseal(self, sealed: bytes) -> Made:
        """What `seal` sealed.

        Raises:
            ValueError: it was another request that sealed it, or it is damaged.
        """
        try:
            head, _, body = self._box().decrypt(sealed).partition(b"\n")
        except CryptoError as error:
            raise ValueError("a kept answer does not open") from error
        status, headers = json.loads(head)
        return Made(status, [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers], body)

    def _box(self) -> SecretBox:
        return SecretBox(_digest(b"seal", self.caller.encode(), self.key, self.target.encode(), self.body))


def key_of(headers: Headers) -> bytes | None:
    """The request's key, if it has one.

    Raises:
        Malformed: not 1 to 255 visible characters of ASCII, or two keys.
    """
    found = {value for name, value in headers if name == HEADER}
    if not found:
        return None
    key = found.pop()
    if found or not 0 < len(key) <= MAX_LENGTH or not all(0x21 <= byte <= 0x7E for byte in key):
        raise Malformed
    return key


def _digest(*parts: bytes) -> bytes:
    # Each part with its length: no two requests run together into the same bytes.
    digest = hashlib.sha256()
    for part in parts:
        digest.update(b"%d:%s" % (len(part), part))
    return digest.digest()

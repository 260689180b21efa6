"""An answer as it is kept in the cache, ready to send: only `meta` is put around it."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from hashlib import blake2b
from typing import Literal, NamedTuple

from gateway.freshness import Freshness

Source = Literal["cache", "database"]

CONTENT_TYPE = b"application/json"
CACHE_CONTROL = b"private, no-cache"
"""A client may keep it for itself, and asks each time whether it is still so."""


Headers = Sequence[tuple[bytes, bytes]]
"""As ASGI has them."""

_SOURCES: Mapping[Source, tuple[bytes, tuple[bytes, bytes]]] = {
    "cache": (b'"cache"', (b"x-cache", b"hit")),
    "database": (b'"database"', (b"x-cache", b"miss")),
}


class Kept(NamedTuple):
    """What was made once, and may be sent many times."""

    data: bytes
    """As JSON."""
    as_of: bytes
    """As in `meta`, as JSON."""
    more: bytes
    """Members of `meta` that are the answer's own, as JSON, each with a comma before it."""
    headers: Headers
    """Its own, ETag first."""
    stale: bool
    """As in `meta`, while it is not past its time."""
    past_after: float
    """Unix seconds: from then on it is made anew, if it can be."""

    @classmethod
    def made(
        cls, data: bytes, *, more: Mapping[str, object], headers: Mapping[str, str], age: Freshness, past_after: float
    ) -> "Kept":
        """A new answer, named by what is in it."""
        as_of = None if age.as_of is None else age.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z")
        digest = blake2b(data, digest_size=12)
        digest.update(json.dumps([more, headers], default=dict).encode())
        return cls(
            data,
            json.dumps(as_of).encode(),
            b"".join(b",%s:%s" % (_json(name), _json(value)) for name, value in more.items()),
            [
                (b"etag", f'W/"{digest.hexdigest()}"'.encode()),
                (b"cache-control", CACHE_CONTROL),
                *[(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
            ],
            age.stale,
            past_after,
        )

    def encode(self) -> bytes:
        """For `decode`: lines, the headers as HTTP has them, an empty line, and the data."""
        headers = [b"%s: %s" % header for header in self.headers]
        first = b"%r %d %s %s" % (self.past_after, self.stale, self.as_of, self.more)
        return b"\n".join([first, *headers, b"", self.data])

    @classmethod
    def decode(cls, body: bytes) -> "Kept":
        """What `encode` made.

        Raises:
            ValueError: it did not.
        """
        head, _, data = body.partition(b"\n\n")
        first, *lines = head.split(b"\n")
        past_after, stale, as_of, more = first.split(b" ", 3)
        headers = [(name, value) for name, _, value in [line.partition(b": ") for line in lines]]
        return cls(data, as_of, more, headers, stale == b"1", float(past_after))

    def is_named_by(self, if_none_match: str | None) -> bool:
        """Whether the header names this answer, so that whoever sent it has it already (RFC 9110 §13.1.2)."""
        if if_none_match is None:
            return False
        return if_none_match.strip() == "*" or self.headers[0][1][2:].decode() in if_none_match

    def render(self, *, source: Source, is_past: bool, took_seconds: float) -> bytes:
        """The whole body."""
        return b'{"data":%s,"meta":{"source":%s,"as_of":%s,"stale":%s,"response_ms":%.2f%s}}' % (
            self.data,
            _SOURCES[source][0],
            self.as_of,
            b"true" if self.stale or is_past else b"false",
            took_seconds * 1000,
            self.more,
        )

    def sent_headers(self, *, source: Source, length: int | None) -> list[tuple[bytes, bytes]]:
        """The headers that go with a body of so many bytes, or with none."""
        headers = [_SOURCES[source][1], *self.headers]
        if length is not None:
            headers += ((b"content-type", CONTENT_TYPE), (b"content-length", b"%d" % length))
        return headers


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()

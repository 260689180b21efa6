"""An answer as it is kept in the cache, ready to send: only `meta` is put around it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from hashlib import blake2b
from typing import Literal

from gateway.freshness import Freshness

Source = Literal["cache", "database"]

CONTENT_TYPE = "application/json"
CACHE_CONTROL = "private, no-cache"
"""A client may keep it for itself, and asks each time whether it is still so."""


@dataclass(frozen=True)
class Kept:
    """What was made once, and may be sent many times."""

    data: bytes
    """As JSON."""
    more: Mapping[str, object]
    """Members of `meta` that are the answer's own."""
    headers: Mapping[str, str]
    """That are the answer's own."""
    as_of: str | None
    """As in `meta`."""
    stale: bool
    """As in `meta`, while it is not past its time."""
    past_after: float
    """Unix seconds: from then on it is made anew, if it can be."""
    etag: str

    @classmethod
    def made(
        cls, data: bytes, *, more: Mapping[str, object], headers: Mapping[str, str], age: Freshness, past_after: float
    ) -> "Kept":
        """A new answer, named by what is in it."""
        as_of = None if age.as_of is None else age.as_of.astimezone(UTC).isoformat().replace("+00:00", "Z")
        digest = blake2b(data, digest_size=12)
        digest.update(json.dumps([more, headers], default=dict).encode())
        return cls(data, more, headers, as_of, age.stale, past_after, f'W/"{digest.hexdigest()}"')

    def encode(self) -> bytes:
        """For `decode`."""
        head = [dict(self.more), dict(self.headers), self.as_of, self.stale, self.past_after, self.etag]
        return b"%s\n%s" % (json.dumps(head).encode(), self.data)

    @classmethod
    def decode(cls, body: bytes) -> "Kept":
        """What `encode` made.

        Raises:
            ValueError: it did not.
        """
        head, _, data = body.partition(b"\n")
        try:
            more, headers, as_of, stale, past_after, etag = json.loads(head)
            return cls(data, more, headers, as_of, stale, float(past_after), str(etag))
        except TypeError as error:
            raise ValueError("not an answer") from error

    def is_named_by(self, if_none_match: str | None) -> bool:
        """Whether the header names this answer, so that whoever sent it has it already (RFC 9110 §13.1.2)."""
        if if_none_match is None:
            return False
        return if_none_match.strip() == "*" or self.etag[2:] in if_none_match

    def render(self, *, source: Source, is_past: bool, took_seconds: float) -> bytes:
        """The whole body."""
        meta = {
            "source": source,
            "as_of": self.as_of,
            "stale": self.stale or is_past,
            "response_ms": round(took_seconds * 1000, 2),
            **self.more,
        }
        return b'{"data":%s,"meta":%s}' % (self.data, json.dumps(meta, separators=(",", ":")).encode())

    def sent_headers(self, *, source: Source) -> dict[str, str]:
        """The headers that go with it."""
        return {
            "ETag": self.etag,
            "Cache-Control": CACHE_CONTROL,
            "X-Cache": "hit" if source == "cache" else "miss",
            **self.headers,
        }

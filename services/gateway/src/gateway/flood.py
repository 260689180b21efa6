"""A flood is refused as soon as the head of each request is there, before anything is made for it (ADR 0038).

Only what this process knows already is refused so, and as the entrance would refuse it; everything else is left to it.
"""

from collections.abc import Mapping
from functools import lru_cache

from servicekit.health import is_probe
from servicekit.http_server import Ready
from starlette.types import Scope

from gateway import keys
from gateway.admission.addresses import address_of
from gateway.admission.limits import REFUSED, Limits, Quotas
from gateway.admission.problem_answers import RATE_LIMITED, problem_answer
from gateway.answers.access import Access
from gateway.answers.answer import Sent
from gateway.answers.pipeline import PREFIX
from gateway.callers import user_or_none

LONGEST_KEPT = 200
"""Characters of a path: a flood mostly asks for the same again, and what it is answered is made once a second."""


class Flood:
    """Refuses requests of which a limit is known to be used up; `headers` go with every answer."""

    def __init__(self, limits: Limits, access: Access, headers: Mapping[str, str]) -> None:
        self._limits = limits
        self._access = access
        self._headers = headers
        self._ready = lru_cache(maxsize=256)(self._make)

    def __call__(self, scope: Scope) -> Ready | None:
        """The refusal of the request, if it is certain."""
        if not self._limits.refuses_somebody or is_probe(scope["path"]):
            return None
        refusal = self._limits.refusal_of(self._quotas(scope))
        if refusal is None:
            return None
        REFUSED.labels(refusal.limit).inc()
        make = self._ready if len(scope["path"]) <= LONGEST_KEPT else self._make
        return make(scope["path"], refusal.detail, tuple(refusal.headers.items()))

    def _make(self, path: str, detail: str, said: tuple[tuple[str, str], ...]) -> Ready:
        headers, body = problem_answer(path, *RATE_LIMITED, detail, {**self._headers, **dict(said)})
        return Ready(RATE_LIMITED[0], b"".join(b"%s: %s\r\n" % header for header in headers), body)

    def _quotas(self, scope: Scope) -> Quotas:
        """What the request counts in; none where it would have to be asked about."""
        address = address_of(scope)
        if not scope["path"].startswith(PREFIX):
            return self._limits.of_public(address)
        sent = Sent(scope)
        key = sent.key
        key_hash = keys.hash_of(key) if key else b""
        if not self._access.has_seen(key_hash):
            return self._limits.of_stranger(address)
        held = self._access.grants.get(key_hash)
        if held is None or not held.is_young:
            return ()
        return self._limits.of_caller(held.value, user_or_none(held.value, sent.named_user), address)

"""Whether a call is let in: token, category, seller's balance and limits, in WB's order."""

from dataclasses import dataclass
from itertools import cycle
from math import ceil

from wbsim import errors, tokens
from wbsim.buckets import Level
from wbsim.config import RetryHeader
from wbsim.hosts import HOSTS
from wbsim.limits import COSTLY_4XX, GLOBAL_GATE, Limit
from wbsim.methods import Method
from wbsim.shop import Shop
from wbsim.tokens import BadToken, Token
from wbsim.world import World

_LIES = cycle(
    (
        {"X-Ratelimit-Limit": "1000000", "X-Ratelimit-Remaining": "999999", "X-Ratelimit-Reset": "0"},
        {"X-Ratelimit-Limit": "1", "X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": "31536000000"},
        {"X-Ratelimit-Limit": "0", "X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": "-5"},
        {"X-Ratelimit-Limit": "-1", "X-Ratelimit-Remaining": "-1", "X-Ratelimit-Reset": "soon"},
        {"X-Ratelimit-Limit": "", "X-Ratelimit-Remaining": "NaN", "X-Ratelimit-Reset": "Infinity"},
    )
)
"""What a bucket never is."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A valid token and the shop it opens."""

    token: Token
    shop: Shop


def identify(world: World, authorization: str | None) -> Caller:
    """Whose call it is; BadToken if the header holds no valid token of a seller of ours."""
    token = tokens.read(world.key, authorization)
    if tokens.bare(authorization) in world.withdrawn:
        raise BadToken("token problem; token is withdrawn")
    try:
        return Caller(token, world.shop(token.sid))
    except KeyError:
        raise BadToken("token problem; seller is unknown") from None


def admit(caller: Caller, method: Method, host: str | None) -> None:
    """Refuse a token that does not fit the method, or a seller who has not paid."""
    token, address = caller.token, host or method.host or "common-api"
    in_sandbox = address.endswith("-sandbox")
    if (token.kind == "test") != in_sandbox:
        raise errors.unauthorized("token problem; test tokens are for the sandbox, and only they are")
    category = None if host is None and method.host is None else HOSTS[address]
    if not token.allows(category):
        raise errors.forbidden(address, method.path, "token scope not allowed")
    if token.read_only and method.writes and method.verb != "GET":
        raise errors.forbidden(address, method.path, "token is read only")
    if token.kind in method.closed_to:
        raise errors.forbidden(address, method.path, "base token is not allowed")
    if caller.shop.payment_required:
        raise errors.payment_required()


class Meter:
    """The limits of one call: takes a request from the buckets, charges costly answers, writes headers."""

    def __init__(self, world: World, caller: Caller, method: Method, host: str | None) -> None:
        self._world = world
        self._sid = caller.shop.sid
        self._path = method.path
        self._gated = caller.shop.global_gate
        self._limit: Limit = method.limits.of(caller.token.kind)
        self._counter = f"{method.limits.bucket}@{host}" if method.limits.per_host else method.limits.bucket
        self._costly = method.limits.costly_4xx or method.path in world.behaviour.costly_4xx_paths
        self._level: Level | None = None

    def take(self) -> None:
        """Take one request; a Refusal with 429 where there is none left."""
        behaviour = self._world.behaviour
        if self._gated:
            gate = self._world.buckets.take(self._sid, "global gate", GLOBAL_GATE)
            if gate.retry_seconds:
                self._world.overdrawn[self._path] += 1
                raise errors.global_limit(self._sid, self._retry(behaviour.gate_header, gate))
        level = self._world.buckets.take(self._sid, self._counter, self._limit)
        if level.retry_seconds:
            self._world.overdrawn[self._path] += 1
            raise errors.too_many_requests(f"limited by {self._sid}", self._retry(behaviour.retry_header, level))
        self._level = level

    def charge(self, status: int) -> None:
        """Make a 4XX answer cost what it costs where such answers are costly."""
        if self._costly and self._level and 400 <= status < 500:
            self._level = self._world.buckets.charge(self._sid, self._counter, self._limit, COSTLY_4XX - 1)

    def headers(self) -> dict[str, str]:
        """The `X-Ratelimit-*` headers of an answer that was let through."""
        told = self._world.behaviour.limit_headers
        if self._level is None or told == "none":
            return {}
        if told == "lying":
            return next(_LIES)
        return {
            "X-Ratelimit-Limit": str(self._level.limit),
            "X-Ratelimit-Remaining": str(self._level.remaining),
            "X-Ratelimit-Reset": self._seconds(self._level.reset_seconds),
        }

    def _retry(self, style: RetryHeader, level: Level) -> dict[str, str]:
        return {} if style == "none" else {style: self._seconds(level.retry_seconds)}

    def _seconds(self, seconds: float) -> str:
        # Limits that are sped up are over in fractions of a second; WB itself writes whole ones.
        return str(ceil(seconds)) if self._world.config.limits_factor == 1 else f"{seconds:.3f}"

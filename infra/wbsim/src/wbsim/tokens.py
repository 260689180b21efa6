"""Seller tokens: JWTs with the claims WB's carry, signed by the simulator."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args
from uuid import uuid4

import jwt

from wbsim.hosts import CATEGORY_BITS, READ_ONLY_BIT

Kind = Literal["personal", "service", "base", "base_with_secret", "test"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_ACC: dict[Kind, int] = {"base": 1, "base_with_secret": 1, "test": 2, "personal": 3, "service": 4}
_SECRET_CLAIM = "wbsim_secret"  # noqa: S105 (a claim's name: no claim of WB's is known to tell these two apart)


class BadToken(Exception):
    """The token is not one of ours, or no longer valid; the text is the 401's detail."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a valid token says: whose it is, its kind and its category bits."""

    sid: str
    kind: Kind
    bits: int

    @property
    def read_only(self) -> bool:
        """Whether it may not write."""
        return bool(self.bits >> READ_ONLY_BIT & 1)

    def allows(self, category: str | None) -> bool:
        """Whether the token may call methods of the category; None is open to all."""
        return category is None or bool(self.bits >> CATEGORY_BITS[category] & 1)


def signing_key(seed: int) -> str:
    """The key of a simulator: the same seed accepts the same tokens after a restart."""
    return hashlib.sha256(f"wbsim token key {seed}".encode()).hexdigest()


def issue(
    key: str,
    *,
    sid: str,
    expires_at: float,
    kind: Kind = "personal",
    categories: Iterable[str] | None = None,
    read_only: bool = False,
) -> str:
    """A signed token; `categories` None means all, KeyError names an unknown one."""
    bits = sum(1 << CATEGORY_BITS[name] for name in set(CATEGORY_BITS if categories is None else categories))
    claims: dict[str, object] = {
        "acc": _ACC[kind],
        "exp": int(expires_at),
        "s": bits | (1 << READ_ONLY_BIT if read_only else 0),
        "sid": sid,
        "t": kind == "test",
    }
    if kind == "base_with_secret":
        claims[_SECRET_CLAIM] = True
    # Of two that are issued in the same second one may be withdrawn.
    return jwt.encode(claims, key, algorithm="HS256", headers={"kid": uuid4().hex})


def bare(authorization: str | None) -> str:
    """What an `Authorization` header holds beside `Bearer`."""
    return (authorization or "").removeprefix("Bearer ").strip()


def read(key: str, authorization: str | None) -> Token:
    """The token of an `Authorization` header, with or without `Bearer`; BadToken if it is not valid."""
    if not authorization:
        raise BadToken("empty Authorization header")
    try:
        claims = jwt.decode(bare(authorization), key, algorithms=["HS256"])
        return Token(claims["sid"], _kind(claims), claims["s"])
    except jwt.ExpiredSignatureError:
        raise BadToken("token problem; token is expired") from None
    except jwt.InvalidSignatureError:
        raise BadToken("token problem; token signature is invalid") from None
    except (jwt.InvalidTokenError, KeyError) as error:
        raise BadToken(f"token problem; token is malformed: {error}") from None


def _kind(claims: dict[str, object]) -> Kind:
    if claims["acc"] == _ACC["base"]:
        return "base_with_secret" if claims.get(_SECRET_CLAIM) else "base"
    return next(kind for kind, acc in _ACC.items() if acc == claims["acc"])

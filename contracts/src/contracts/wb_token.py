"""What a WB token says of itself, read offline.

A token is a JWT valid for 180 days. Its signature cannot be checked here (WB publishes no key): what is
read is a claim, proved only when WB answers `ping` and `seller-info`.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import jwt
from pydantic import PlainSerializer

from contracts.model import Model, Moment

MAX_TOKEN_LENGTH = 4096


class TokenKind(StrEnum):
    """Claim `acc`: decides which methods a token may call and how often."""

    BASE = "base"
    TEST = "test"
    PERSONAL = "personal"
    SERVICE = "service"


class Category(StrEnum):
    """The categories of WB methods that a token may open (claim `s`, one bit each)."""

    CONTENT = "content"
    ANALYTICS = "analytics"
    PRICES = "prices"
    MARKETPLACE = "marketplace"
    STATISTICS = "statistics"
    PROMOTION = "promotion"
    FEEDBACKS = "feedbacks"
    CHAT = "chat"
    SUPPLIES = "supplies"
    RETURNS = "returns"
    DOCUMENTS = "documents"
    FINANCE = "finance"
    USERS = "users"


KIND_BY_ACC = {1: TokenKind.BASE, 2: TokenKind.TEST, 3: TokenKind.PERSONAL, 4: TokenKind.SERVICE}
BIT_BY_CATEGORY = {
    Category.CONTENT: 1,
    Category.ANALYTICS: 2,
    Category.PRICES: 3,
    Category.MARKETPLACE: 4,
    Category.STATISTICS: 5,
    Category.PROMOTION: 6,
    Category.FEEDBACKS: 7,
    Category.CHAT: 9,
    Category.SUPPLIES: 10,
    Category.RETURNS: 11,
    Category.DOCUMENTS: 12,
    Category.FINANCE: 13,
    Category.USERS: 16,
}
READ_ONLY_BIT = 30

REQUIRED = frozenset({Category.STATISTICS, Category.CONTENT, Category.ANALYTICS})
"""What orders, products and stocks need."""


class TokenRefused(Exception):
    """A token that cannot work. `code` is stable and machine-readable; the message says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class TokenClaims(Model):
    """What the token says of itself; nothing in it is secret."""

    kind: TokenKind
    seller_id: UUID
    categories: Annotated[frozenset[Category], PlainSerializer(sorted, when_used="json")]
    read_only: bool
    expires_at: Moment


def read_claims(token: str, *, now: datetime, required: frozenset[Category] = REQUIRED) -> TokenClaims:
    """The claims of a token that may work at `now` and opens every `required` category.

    Raises:
        TokenRefused: `token_malformed`, `token_kind_unknown`, `token_is_test`, `token_expired`,
            `token_lacks_categories`.
    """
    claims = _decode(token)
    acc = claims.get("acc")
    kind = KIND_BY_ACC.get(acc) if isinstance(acc, int) else None
    if kind is None:
        raise TokenRefused("token_kind_unknown", f"The token's kind (claim acc={acc!r}) is not one WB issues.")
    if kind is TokenKind.TEST or claims.get("t") is True:
        raise TokenRefused("token_is_test", "This is a sandbox token. Create a personal token for the real shop.")
    try:
        seller_id = UUID(str(claims["sid"]))
        expires_at = datetime.fromtimestamp(int(claims["exp"]), UTC)
        mask = int(claims["s"])
    except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
        raise TokenRefused("token_malformed", "The token lacks sid, exp or s: copy it whole.") from error
    if expires_at <= now:
        raise TokenRefused("token_expired", f"The token expired on {expires_at:%Y-%m-%d}. Create a new one at WB.")
    categories = frozenset(c for c, bit in BIT_BY_CATEGORY.items() if mask >> bit & 1)
    missing = sorted(required - categories)
    if missing:
        raise TokenRefused(
            "token_lacks_categories",
            f"The token does not open: {', '.join(missing)}. Create one that has these categories.",
        )
    return TokenClaims(
        kind=kind,
        seller_id=seller_id,
        categories=categories,
        read_only=bool(mask >> READ_ONLY_BIT & 1),
        expires_at=expires_at,
    )


def _decode(token: str) -> dict[str, Any]:
    if len(token) > MAX_TOKEN_LENGTH:
        raise TokenRefused("token_malformed", f"The token is longer than {MAX_TOKEN_LENGTH} characters.")
    try:
        return dict(jwt.decode(token, options={"verify_signature": False, "verify_exp": False, "verify_aud": False}))
    except (jwt.InvalidTokenError, UnicodeError) as error:  # half a surrogate pair is text too
        raise TokenRefused(
            "token_malformed", "This is not a WB token (a JWT of three parts): copy it whole."
        ) from error

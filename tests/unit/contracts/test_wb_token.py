"""Reading a WB token offline."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest
from contracts.wb_token import MAX_TOKEN_LENGTH, Category, TokenKind, TokenRefused, read_claims
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SELLER = "00000000-0000-4000-8000-000000000001"
KEY = "a-key-that-nobody-checks-because-wb-publishes-none"


ANYTHING: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=10) | st.just([])
)


DEEP = base64.urlsafe_b64encode(b'{"exp":' + b"[" * 2_900).decode().rstrip("=")
"""Deeper than Python's parser goes, and no longer than a token may be."""


def token(**changes: Any) -> str:
    claims = {"acc": 3, "exp": int((NOW + timedelta(days=180)).timestamp()), "s": 0b11111110 | 1 << 30, "sid": SELLER}
    claims |= changes
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, KEY, algorithm="HS256")


class TestReadClaims:
    def test_reads_kind_seller_categories_and_expiry(self) -> None:
        claims = read_claims(token(), now=NOW)
        assert claims.kind is TokenKind.PERSONAL
        assert claims.seller_id == UUID(SELLER)
        assert claims.categories == {
            Category.CONTENT, Category.ANALYTICS, Category.PRICES, Category.MARKETPLACE,
            Category.STATISTICS, Category.PROMOTION, Category.FEEDBACKS,
        }  # fmt: skip
        assert claims.read_only
        assert claims.expires_at == NOW + timedelta(days=180)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "token_malformed"),
            ("no token at all", "token_malformed"),
            ("a.b.c", "token_malformed"),
            ("x" * (MAX_TOKEN_LENGTH + 1), "token_malformed"),
            (f"{token().partition('.')[0]}.{DEEP}.xxxx", "token_malformed"),
            (token(acc=None), "token_kind_unknown"),
            (token(acc=9), "token_kind_unknown"),
            (token(acc="3"), "token_kind_unknown"),
            (token(acc=2), "token_is_test"),
            (token(t=True), "token_is_test"),
            (token(sid=None), "token_malformed"),
            (token(sid="me"), "token_malformed"),
            (token(exp=None), "token_malformed"),
            (token(exp=10**30), "token_malformed"),
            (token(s="all"), "token_malformed"),
            (token(exp=int(NOW.timestamp())), "token_expired"),
            (token(s=1 << 5), "token_lacks_categories"),
        ],
    )
    def test_refuses(self, text: str, code: str) -> None:
        with pytest.raises(TokenRefused) as refused:
            read_claims(text, now=NOW)
        assert refused.value.code == code

    def test_names_what_is_missing(self) -> None:
        with pytest.raises(TokenRefused, match="analytics, content"):
            read_claims(token(s=1 << 5), now=NOW)

    @given(st.text(max_size=300))
    def test_any_text_is_refused_and_never_crashes(self, text: str) -> None:
        with pytest.raises(TokenRefused):
            read_claims(text, now=NOW)

    @given(
        st.fixed_dictionaries(
            {},
            optional={
                "acc": ANYTHING,
                "s": ANYTHING,
                "sid": ANYTHING | st.just(SELLER),
                "t": ANYTHING,
                "exp": st.integers() | st.floats(allow_nan=False),
            },
        )
    )
    def test_any_claims_are_read_or_refused(self, claims: dict[str, Any]) -> None:
        try:
            read = read_claims(jwt.encode(claims, KEY, algorithm="HS256"), now=NOW, required=frozenset())
        except TokenRefused as refused:
            assert refused.code.startswith("token_")  # noqa: PT017  # refused or read, both are right
        else:
            assert read.expires_at > NOW

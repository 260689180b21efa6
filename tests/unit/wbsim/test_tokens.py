import time

import jwt
import pytest
from wbsim import tokens
from wbsim.tokens import BadToken

KEY = tokens.signing_key(1)
SID = "00000000-0000-4000-8000-000000000001"


def token(**what: object) -> str:
    return tokens.issue(KEY, **{"sid": SID, "expires_at": time.time() + 60, **what})  # type: ignore[arg-type]


class TestIssue:
    def test_carries_the_claims_of_wb_and_no_others(self) -> None:
        claims = jwt.decode(
            token(categories=["content", "statistics"], read_only=True), options={"verify_signature": False}
        )
        assert claims.keys() == {"acc", "exp", "s", "sid", "t"}
        assert (claims["acc"], claims["sid"], claims["t"]) == (3, SID, False)
        assert claims["s"] == 1 << 1 | 1 << 5 | 1 << 30

    def test_no_two_are_the_same_even_of_one_second(self) -> None:
        expires_at = time.time() + 60
        assert token(expires_at=expires_at) != token(expires_at=expires_at)

    @pytest.mark.parametrize(
        ("kind", "acc"), [("base", 1), ("base_with_secret", 1), ("test", 2), ("personal", 3), ("service", 4)]
    )
    def test_each_kind_has_its_acc_and_is_recognised_again(self, kind: tokens.Kind, acc: int) -> None:
        issued = token(kind=kind)
        assert jwt.decode(issued, options={"verify_signature": False})["acc"] == acc
        assert tokens.read(KEY, issued).kind == kind


class TestRead:
    def test_accepts_the_token_with_and_without_bearer(self) -> None:
        issued = token()
        assert tokens.read(KEY, issued) == tokens.read(KEY, f"Bearer {issued}")

    def test_knows_the_categories_by_their_bits(self) -> None:
        read = tokens.read(KEY, token(categories=["feedbacks"]))
        assert read.allows("feedbacks")
        assert read.allows(None)
        assert not read.allows("content")

    @pytest.mark.parametrize(
        ("header", "complaint"),
        [
            (None, "empty"),
            ("", "empty"),
            ("abc", "malformed"),
            (jwt.encode({"exp": 9e9, "sid": SID}, KEY), "malformed"),
            (token(expires_at=time.time() - 5), "expired"),
            (tokens.issue(tokens.signing_key(2), sid=SID, expires_at=9e9), "signature"),
        ],
    )
    def test_says_what_is_wrong_with_any_other_header(self, header: str | None, complaint: str) -> None:
        with pytest.raises(BadToken, match=complaint):
            tokens.read(KEY, header)

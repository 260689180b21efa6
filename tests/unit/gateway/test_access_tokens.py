"""Access tokens: who may have issued one, and until when it counts."""

from base64 import urlsafe_b64encode
from typing import Any
from uuid import uuid4

import jwt
import pytest
from gateway.access_tokens import ALGORITHM, LIFE_SECONDS, MAX_LENGTH, AccessTokens
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from servicekit import clock

OLD, NEW = SecretStr("the-secret-before-" + "x" * 64), SecretStr("the-secret-after-" + "y" * 64)
SESSION = uuid4()
TOKENS = AccessTokens([OLD])


def forged(secret: str = OLD.get_secret_value(), algorithm: str = ALGORITHM, **changes: Any) -> str:
    """As they are issued, but for the changes; None leaves one out."""
    now = int(clock.now().timestamp())
    claims = {"iss": "pulse", "sub": "7", "sid": str(SESSION), "iat": now, "exp": now + 60} | changes
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, secret, algorithm)


def test_says_whose_session_it_is_of_until_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    wall = clock.wall()
    monkeypatch.setattr(clock, "wall", lambda: wall)
    token = TOKENS.issue(SESSION, 2**52)
    claims = TOKENS.read(token)
    assert claims is not None
    assert (claims.session_id, claims.telegram_id) == (SESSION, 2**52)
    monkeypatch.setattr(clock, "wall", lambda: wall + LIFE_SECONDS - 1)
    assert TOKENS.read(token) == claims
    monkeypatch.setattr(clock, "wall", lambda: wall + LIFE_SECONDS)
    assert TOKENS.read(token) is None


def test_secrets_are_changed_one_after_the_other_and_no_token_is_refused_meanwhile() -> None:
    before, both, swapped, after = (AccessTokens(secrets) for secrets in ([OLD], [OLD, NEW], [NEW, OLD], [NEW]))
    for issuer, reader in ((before, both), (both, before), (both, swapped), (swapped, both), (swapped, after)):
        assert reader.read(issuer.issue(SESSION, 7)) is not None
    assert after.read(before.issue(SESSION, 7)) is None
    assert before.successors(b"x")[0] in both.successors(b"x")
    assert both.successors(b"x")[0] in swapped.successors(b"x")


@pytest.mark.parametrize(
    "token",
    [
        forged(secret="another secret, of which nobody here knows"),
        forged(algorithm="HS512"),
        forged(secret="", algorithm="none"),
        forged(iss=None),
        forged(iss="wildberries"),
        forged(sid=None),
        forged(sub=None),
        forged(exp=None),
        forged(exp=0),
        urlsafe_b64encode(b"[" * 290).decode() + "..",
        "[" * 100_000,
        "x" * (MAX_LENGTH + 1),
    ],
)
def test_nothing_else_is_one(token: str) -> None:
    assert TOKENS.read(forged()) is not None
    assert TOKENS.read(token) is None


@given(st.text(max_size=MAX_LENGTH + 10))
def test_no_text_breaks_its_reading(text: str) -> None:
    assert TOKENS.read(text) is None


@given(at=st.integers(0, 200), character=st.characters(codec="ascii", categories=["L", "N"]))
def test_no_character_of_it_can_be_changed(at: int, character: str) -> None:
    token = TOKENS.issue(SESSION, 7)
    changed = token[:at] + character + token[at + 1 :]
    assert changed == token or TOKENS.read(changed) is None

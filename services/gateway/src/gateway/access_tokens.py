"""Access tokens of sessions: JWTs that any gateway issues and every other reads, without asking anything."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt
from pydantic import SecretStr
from servicekit import clock

LIFE_SECONDS = 10 * 60

MAX_LENGTH = 400
"""Of a token: those issued here have some 250 characters, and what nests deeply is not even looked at."""

ALGORITHM = "HS256"
ISSUER = "pulse"


@dataclass(frozen=True)
class Claims:
    """What a token says that one of the secrets vouches for."""

    session_id: UUID
    telegram_id: int
    expires_at: datetime


class AccessTokens:
    """Knows the secrets: the first signs, all are accepted, so that they can be changed one after the other."""

    def __init__(self, secrets: Sequence[SecretStr]) -> None:
        self._secrets = tuple(secrets)

    @property
    def can_issue(self) -> bool:
        return bool(self._secrets)

    def issue(self, session_id: UUID, telegram_id: int) -> str:
        """A token of the session that is good for `LIFE_SECONDS`."""
        now = clock.now()
        claims = {
            "iss": ISSUER,
            "sub": str(telegram_id),
            "sid": str(session_id),
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(seconds=LIFE_SECONDS)).timestamp()),
        }
        return jwt.encode(claims, self._secrets[0].get_secret_value(), ALGORITHM)

    def read(self, token: str) -> Claims | None:
        """What the token says; None when it was not issued here, or is past its time."""
        if len(token) > MAX_LENGTH:
            return None
        for secret in self._secrets:
            try:
                said = jwt.decode(
                    token,
                    secret.get_secret_value(),
                    algorithms=[ALGORITHM],
                    issuer=ISSUER,
                    # Its times are the database's, and are compared with it.
                    options={"require": ["exp", "sub", "sid"], "verify_exp": False, "verify_iat": False},
                )
            except jwt.InvalidTokenError:
                continue
            claims = Claims(UUID(said["sid"]), int(said["sub"]), datetime.fromtimestamp(said["exp"], UTC))
            return claims if claims.expires_at > clock.now() else None
        return None

    def successors(self, of: bytes) -> list[bytes]:
        """What may follow this refresh secret, by each secret of ours: the same whenever, and wherever, it is asked.

        So who lost an answer can be given it again, though nothing but hashes is stored.
        """
        return [hmac.digest(each.get_secret_value().encode(), b"refresh" + of, "sha256") for each in self._secrets]

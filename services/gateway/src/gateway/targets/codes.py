"""Codes that show that an e-mail address is whose target it is: six digits, sealed to the notifier, kept as a hash."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

DIGITS = 6
LIFE = timedelta(hours=24)
MOST_TRIES = 5
"""Of one code; then a new one has to be asked for."""
MOST_A_DAY = 10
"""To all addresses of a user together: nobody floods a stranger's mailbox through us."""


@dataclass(frozen=True)
class Code:
    """A code as it is kept."""

    hash: bytes
    expires_at: datetime
    tries: int = 0

    def is_open(self, at: datetime) -> bool:
        """Whether it may be tried still."""
        return self.tries < MOST_TRIES and at < self.expires_at

    def is_it(self, text: str, target_id: UUID) -> bool:
        """Whether the text is the code."""
        return hmac.compare_digest(self.hash, hash_of(text, target_id))


def new_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def new_unsubscribe() -> str:
    """What ends a target without signing in: in the link of every mail."""
    return secrets.token_urlsafe(24)


def hash_of(text: str, target_id: UUID | None = None) -> bytes:
    """What is kept of a code, or of what ends a target."""
    return hashlib.sha256(f"{target_id or ''}\n{text}".encode()).digest()

"""Secrets that sign webhooks: made here, sealed to the notifier, and shown to their user once."""

import base64
import os
from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from contracts.model import Model, Moment
from contracts.webhooks import secret_belongs_to
from pydantic import Field
from servicekit import crypto

SECRET_BYTES = 32
MOST_AT_A_TIME = 4
"""So many sign at a time: each makes a header longer."""


class KeptSecret(Model):
    """A sealed secret; one that was replaced signs until its end."""

    sealed: str = Field(repr=False)
    created_at: Moment
    until: Moment | None = None

    @classmethod
    def made(cls, secret: str, webhook_id: UUID, *, public_key: str, at: datetime) -> Self:
        """Sealed to the owner of `public_key`, for this webhook alone."""
        sealed = crypto.seal(secret, public_key=public_key, belongs_to=secret_belongs_to(webhook_id))
        return cls(sealed=sealed, created_at=at)


class TooManySecrets(Exception):
    """As many secrets sign already as may."""


def new_secret() -> str:
    """A fresh secret as Standard Webhooks writes it."""
    return f"whsec_{base64.b64encode(os.urandom(SECRET_BYTES)).decode()}"


def rotated(kept: Sequence[KeptSecret], newer: KeptSecret, *, until: datetime) -> tuple[KeptSecret, ...]:
    """The newer secret before those that go on signing; what signed alone until now does so until `until`.

    Raises:
        TooManySecrets: wait until the first of them ends, or let it end at once.
    """
    at = newer.created_at
    older = [secret if secret.until else secret.model_copy(update={"until": until}) for secret in kept]
    signing = [secret for secret in older if secret.until and secret.until > at]
    if len(signing) >= MOST_AT_A_TIME:
        raise TooManySecrets(f"{MOST_AT_A_TIME} secrets sign already")
    return newer, *signing

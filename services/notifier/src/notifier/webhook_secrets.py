"""Secrets that sign webhooks, stored sealed to the notifier's own key and tied to their webhook's id."""

import base64
import os
from collections.abc import Sequence

from nacl.public import PrivateKey
from pydantic import SecretStr
from servicekit.crypto import CannotOpen, seal, unseal

SECRET_BYTES = 32


class SecretUnreadable(Exception):
    """No key here opens the secret: the installation lacks SEAL_PRIVATE_KEYS or an older key."""


def new_secret() -> str:
    """A fresh secret as Standard Webhooks writes it."""
    return f"whsec_{base64.b64encode(os.urandom(SECRET_BYTES)).decode()}"


def seal_secret(secret: str, private_keys: SecretStr, *, belongs_to: str) -> str:
    """Seal to the first, newest, of our own keys."""
    newest = private_keys.get_secret_value().split(",")[0].strip()
    public = base64.b64encode(bytes(PrivateKey(base64.b64decode(newest)).public_key)).decode()
    return seal(secret, public_key=public, belongs_to=f"webhook/{belongs_to}")


def open_secrets(sealed: Sequence[str], private_keys: SecretStr | None, *, belongs_to: str) -> list[str]:
    """The secrets in the order given.

    Raises:
        SecretUnreadable: one of them does not open.
    """
    if private_keys is None:
        raise SecretUnreadable("SEAL_PRIVATE_KEYS is not set: the webhook's secret cannot be opened")
    keys = private_keys.get_secret_value()
    try:
        return [unseal(each, private_keys=keys, belongs_to=f"webhook/{belongs_to}") for each in sealed]
    except CannotOpen as error:
        raise SecretUnreadable(str(error)) from error

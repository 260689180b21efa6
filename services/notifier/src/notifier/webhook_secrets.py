"""Secrets that sign webhooks, sealed by the gateway to the notifier's own key and tied to their webhook's id."""

from collections.abc import Sequence

from contracts.webhooks import secret_belongs_to
from pydantic import SecretStr
from servicekit.crypto import CannotOpen, unseal


class SecretUnreadable(Exception):
    """No key here opens the secret: the installation lacks SEAL_PRIVATE_KEYS or an older key."""


def open_secrets(sealed: Sequence[str], private_keys: SecretStr | None, *, webhook_id: str) -> list[str]:
    """The secrets in the order given.

    Raises:
        SecretUnreadable: one of them does not open.
    """
    if private_keys is None:
        raise SecretUnreadable("SEAL_PRIVATE_KEYS is not set: the webhook's secret cannot be opened")
    keys = private_keys.get_secret_value()
    try:
        return [unseal(each, private_keys=keys, belongs_to=secret_belongs_to(webhook_id)) for each in sealed]
    except CannotOpen as error:
        raise SecretUnreadable(str(error)) from error

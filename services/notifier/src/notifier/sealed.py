"""Which of the notifier's columns are sealed to it: secrets that sign webhooks, and addresses of targets.

A code on its way to a mail address is sealed in its delivery, and ends within minutes: it is not sealed anew.
"""

import typer
from contracts.notification_targets import address_belongs_to
from contracts.webhooks import secret_belongs_to
from servicekit.sealed_columns import SealedColumn

from notifier.settings import Settings

COLUMNS = (
    SealedColumn("webhooks", "id", "secrets", secret_belongs_to, is_list=True),
    SealedColumn("targets", "id", "sealed_address", address_belongs_to),
)


def load() -> tuple[Settings, str, tuple[SealedColumn, ...]]:
    """For `servicekit.sealed_commands`."""
    settings = Settings.from_environment()
    if settings.seal_private_keys is None:
        raise typer.BadParameter("SEAL_PRIVATE_KEYS is not set: nothing can be opened here")
    return settings, settings.seal_private_keys.get_secret_value(), COLUMNS

"""Which of the ingestor's columns are sealed to it: the tokens of cabinets."""

from servicekit.sealed_columns import SealedColumn

from ingestor.settings import IngestorSettings

COLUMNS = (SealedColumn("cabinets", "cabinet_id", "sealed_token", str),)


def load() -> tuple[IngestorSettings, str, tuple[SealedColumn, ...]]:
    """For `servicekit.sealed_commands`."""
    settings = IngestorSettings.from_environment()
    return settings, settings.seal_private_keys.get_secret_value(), COLUMNS

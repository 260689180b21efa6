"""The files of secrets that Docker Compose shows to those containers that need them, made from .env."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from local import alertmanager
from local.environments import SERVICES

FOLDER = ".secrets"
HEADS = "heads"
"""Where the audit's heads are kept unless HEADS_FOLDER says another place."""
DATABASE = "postgres:5432/pulse"

Settings = Mapping[str, str]


def write(root: Path, settings: Settings) -> None:
    """Writes a file for each secret, with what `settings` hold; what is not set is an empty file.

    The folder is its owner's alone. In it the files can be read by all: a container has its own user, who passes no
    folder.
    """
    folder = root / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    heads = folder / HEADS
    heads.mkdir(exist_ok=True)
    heads.chmod(0o777)  # the container's user writes there; nobody else comes through the folder above
    for name, value in values(settings).items():
        write_file(folder / name, value, mode=0o444)


def values(settings: Settings) -> dict[str, str]:
    """What the file of each secret holds."""
    return {name: made(settings) for name, made in _MADE.items()}


def write_file(path: Path, text: str, *, mode: int) -> None:
    """Writes a file as a whole or not at all; nobody ever had more rights to it than `mode` gives."""
    draft = path.with_name(f"{path.name}.draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        os.fchmod(file.fileno(), mode)
    draft.replace(path)


def _setting(name: str) -> Callable[[Settings], str]:
    return lambda settings: settings.get(name, "")


def _database_url(role: str, password: str) -> Callable[[Settings], str]:
    return lambda settings: f"postgresql://{role}:{settings[password]}@{DATABASE}"


def _broker_users(settings: Settings) -> str:
    return f"default_user = pulse\ndefault_pass = {settings['RABBITMQ_PASSWORD']}\n"


def _broker_url(user: str, password: str) -> Callable[[Settings], str]:
    return lambda settings: f"amqp://{user}:{settings[password]}@rabbitmq:5672/"


_MADE: Mapping[str, Callable[[Settings], str]] = {
    "postgres_password": _setting("POSTGRES_PASSWORD"),
    "admin_database_url": _database_url("postgres", "POSTGRES_PASSWORD"),
    **{
        f"{service}_database_url": _database_url(f"pulse_{service}", f"{service.upper()}_DB_PASSWORD")
        for service in SERVICES
    },
    "database_replica_url": _setting("DATABASE_REPLICA_URL"),
    "rabbitmq_conf": _broker_users,
    "rabbitmq_url": _broker_url("pulse", "RABBITMQ_PASSWORD"),
    **{
        f"{service}_rabbitmq_url": _broker_url(f"pulse_{service}", f"{service.upper()}_RABBITMQ_PASSWORD")
        for service in SERVICES
    },
    "ingestor_private_keys": _setting("INGESTOR_PRIVATE_KEYS"),
    "notifier_private_keys": _setting("NOTIFIER_PRIVATE_KEYS"),
    "head_signing_key": _setting("HEAD_SIGNING_KEY"),
    "telegram_bot_token": _setting("TELEGRAM_BOT_TOKEN"),
    "access_token_secrets": _setting("ACCESS_TOKEN_SECRETS"),
    "bot_api_key": _setting("BOT_API_KEY"),
    "bot_webhook_secret": _setting("BOT_WEBHOOK_SECRET"),
    "wb_webhook_secrets": _setting("WB_WEBHOOK_SECRETS"),
    "smtp_url": _setting("SMTP_URL"),
    "vapid_private_key": _setting("VAPID_PRIVATE_KEY"),
    "firebase_credentials": _setting("FIREBASE_CREDENTIALS"),
    "grafana_db_password": _setting("GRAFANA_DB_PASSWORD"),
    "alertmanager_yml": alertmanager.configuration,
}

"""The audit on this session's servers."""

import base64
from pathlib import Path

import pytest
from audit.settings import Settings
from pydantic import SecretStr
from servicekit.db import Database
from support.auditing import KEY


@pytest.fixture
def settings(audit_db: Database, vhost_url: str, tmp_path: Path) -> Settings:
    """Of an audit whose heads go to a file."""
    return Settings(
        database_url=SecretStr(audit_db.dsn),
        redis_url=SecretStr("unused://"),
        rabbitmq_url=SecretStr(vhost_url),
        head_signing_key=SecretStr(base64.b64encode(bytes(KEY)).decode()),
        heads_path=tmp_path / "heads.ndjson",
    )


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    """The same, for the commands."""
    return {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "RABBITMQ_URL": settings.rabbitmq_url.get_secret_value(),
        "HEAD_SIGNING_KEY": settings.head_signing_key.get_secret_value(),
        "HEADS_PATH": str(settings.heads_path),
    }

"""Settings of the audit."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator
from servicekit.settings import PLATFORM_CONNECTIONS, ServiceSettings

from audit.signing import signing_key


class Settings(ServiceSettings):
    """What the audit needs beside what every service needs."""

    head_signing_key: SecretStr = Field(
        description="base64 of an Ed25519 key that signs heads; make one with `python -m audit keygen`"
    )
    heads_path: Path | None = Field(
        default=None, description="to which each head is appended; where whoever keeps the database cannot write"
    )
    heads_url: str | None = Field(
        default=None, pattern="^https?://", max_length=2000, description="to which each head is posted"
    )
    head_minutes: float = Field(default=60, gt=0, le=24 * 60, description="between one head and the next")

    @property
    def work_connections(self) -> int:
        return 1

    @property
    def pool_size(self) -> int:
        # Records are stored batch after batch, heads one after the other.
        return self.db_pool_size or PLATFORM_CONNECTIONS + self.work_connections + 1

    @field_validator("head_signing_key")
    @classmethod
    def _is_a_key(cls, value: SecretStr) -> SecretStr:
        signing_key(value.get_secret_value())
        return value

    @model_validator(mode="after")
    def _is_anchored(self) -> Self:
        if self.heads_path is None and self.heads_url is None:
            raise ValueError("HEADS_PATH or HEADS_URL: heads that nobody else keeps prove nothing")
        return self

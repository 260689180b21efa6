"""Settings read from the environment: those that every service shares, and how they are read."""

import sys
from typing import Self

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of a process; names are those of the environment, in upper case."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    @classmethod
    def from_environment(cls) -> Self:
        """The settings of this process.

        Raises:
            SystemExit: 2, with a line on stderr for each variable that is missing or wrong (never its value).
        """
        try:
            return cls()
        except ValidationError as error:
            for problem in error.errors(include_input=False, include_url=False):
                print(f"{'.'.join(map(str, problem['loc'])).upper()}: {problem['msg']}", file=sys.stderr)
            raise SystemExit(2) from error


class ServiceSettings(Settings):
    """What a service needs to run.

    URLs are secret because they carry passwords: their text never reaches a log, nor the message about a wrong setting.
    """

    database_url: SecretStr = Field(description="postgresql://role:password@host:port/database")
    db_pool_size: int = Field(default=5, ge=1, le=100)
    db_timeout: float = Field(default=30, gt=0, description="seconds one statement may take")
    redis_url: SecretStr = Field(description="redis://host:port/0")
    redis_key_prefix: str = Field(default="", description="lets several installations share one Redis")
    rabbitmq_url: SecretStr = Field(description="amqp://user:password@host:port/vhost")
    otel_exporter_otlp_endpoint: str | None = Field(default=None, description="none: traces are not exported")
    log_level: str = Field(default="INFO", pattern="(?i)^(debug|info|warning|error|critical)$")
    host: str = Field(default="127.0.0.1", description="where the HTTP port is opened")
    port: int = Field(default=8080, ge=0, le=65535)

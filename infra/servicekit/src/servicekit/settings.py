"""Settings read from the environment: those that every service shares, and how they are read."""

import os
import sys
from pathlib import Path
from typing import Any, ClassVar, Self, get_args

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from servicekit import secret_files
from servicekit.traces.settings import TraceSettings
from servicekit.weak_secrets import weakness


def is_secret(field: FieldInfo) -> bool:
    """Whether a setting is one that a file may hold."""
    return field.annotation is SecretStr or SecretStr in get_args(field.annotation)


class _SecretFiles(PydanticBaseSettingsSource):
    """Values of the secret settings that files hold."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return (secret_files.value_of(field_name.upper(), os.environ) if is_secret(field) else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        read = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in read.items() if value is not None}


class Settings(BaseSettings):
    """Settings of a process; names are those of the environment, in upper case.

    Of a secret one `NAME_FILE` may name a file that holds it.
    """

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    made_by_others: ClassVar[frozenset[str]] = frozenset()
    """Secrets that nobody here chooses, such as a file of Google's: how strong they look says nothing."""

    allow_weak_secrets: bool = Field(
        default=False, description="start with secrets that could be guessed: tests and trials on this machine only"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _SecretFiles(settings_cls)

    @classmethod
    def from_environment(cls) -> Self:
        """The settings of this process.

        Raises:
            SystemExit: 2, with a line on stderr for each variable that is missing or wrong, or a secret that could be
                guessed (never its value).
        """
        try:
            settings = cls()
        except secret_files.BadSecretFile as error:
            print(error, file=sys.stderr)
            raise SystemExit(2) from error
        except ValidationError as error:
            for problem in error.errors(include_input=False, include_url=False):
                # What is wrong with several together names them itself.
                name = ".".join(map(str, problem["loc"])).upper()
                said = problem["msg"].removeprefix("Value error, ")
                print(f"{name}: {said}" if name else said, file=sys.stderr)
            raise SystemExit(2) from error
        if found := settings.weak_secrets():
            for name, said in found.items():
                print(f"{name}: {said}; make one with `openssl rand -base64 32`, or ask who issues it", file=sys.stderr)
            raise SystemExit(2)
        return settings

    def weak_secrets(self) -> dict[str, str]:
        """By the names of variables, what is wrong with secrets that could be guessed; none where they are allowed."""
        if self.allow_weak_secrets:
            return {}
        found = {}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if is_secret(field) and value is not None and name not in self.made_by_others:
                found[name.upper()] = weakness(value.get_secret_value())
        return {name: said for name, said in found.items() if said is not None}


PLATFORM_CONNECTIONS = 3
"""The relay, housekeeping or a look at the clock, and one at the health."""

CONSUMER_CONNECTIONS = 8
"""For events that are handled at the same time, unless the pool has a given size."""


class ProcessSettings(Settings):
    """What every process needs that serves health: where, and where its logs and traces go."""

    otel_exporter_otlp_endpoint: str | None = Field(default=None, description="none: traces are not exported")
    trace_store: Path | None = Field(default=None, description="a folder that `make trace` looks into; none: no store")
    trace_ratio: float = Field(default=1, ge=0, le=1, description="of all traces; what fails or is slow is kept beside")
    trace_slow_seconds: float = Field(default=5, gt=0, description="what takes as long in one process is kept")
    log_level: str = Field(default="INFO", pattern="(?i)^(debug|info|warning|error|critical)$")
    host: str = Field(default="127.0.0.1", description="where the HTTP port is opened")
    port: int = Field(default=8080, ge=0, le=65535)

    @property
    def traces(self) -> TraceSettings:
        """Where this process's spans go, and which."""
        return TraceSettings(
            self.otel_exporter_otlp_endpoint, self.trace_store, self.trace_ratio, self.trace_slow_seconds
        )


class ServiceSettings(ProcessSettings):
    """What a service needs to run.

    URLs are secret because they carry passwords: their text never reaches a log, nor the message about a wrong setting.
    """

    database_url: SecretStr = Field(description="postgresql://role:password@host:port/database")
    db_pool_size: int | None = Field(
        default=None, ge=1, le=500, description="connections; none: as many as are used at a time"
    )
    db_timeout: float = Field(default=30, gt=0, description="seconds one statement may take")
    redis_url: SecretStr = Field(description="redis://host:port/0")
    redis_key_prefix: str = Field(default="", description="lets several installations share one Redis")
    rabbitmq_url: SecretStr = Field(description="amqp://user:password@host:port/vhost")

    @property
    def work_connections(self) -> int:
        """How many connections of the pool a service's own work uses at a time, beside its consumers."""
        return 0

    @property
    def has_general_plans(self) -> bool:
        """Whether each statement is planned once for all values, and not anew for every few of them.

        For a service whose statements look rows up by their keys, however many, and are sent again and again.
        """
        return False

    @property
    def pool_size(self) -> int:
        """The size of the database pool."""
        return self.db_pool_size or PLATFORM_CONNECTIONS + self.work_connections + CONSUMER_CONNECTIONS

    @property
    def consumer_connections(self) -> int:
        """How many of them are left for consumers: so many events are handled at a time, whatever the prefetch is."""
        return self.pool_size - PLATFORM_CONNECTIONS - self.work_connections

    @model_validator(mode="after")
    def _has_connections_for_all(self) -> Self:
        if self.consumer_connections < 1:
            least = PLATFORM_CONNECTIONS + self.work_connections + 1
            raise ValueError(
                f"DB_POOL_SIZE: {self.db_pool_size} connections are too few for work that uses {least} at a time"
            )
        return self

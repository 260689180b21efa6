"""The ingestor's settings."""

from pydantic import Field, SecretStr, field_validator
from servicekit.crypto import check_private_keys
from servicekit.settings import ServiceSettings, Settings

CHECKS_AT_A_TIME = 4
COMMANDS_AT_A_TIME = 2
WEBHOOK_CONNECTIONS = 2
"""One that stores what comes, one that makes due what is asked for."""


class WbSettings(Settings):
    """Where WB is, and how it is called."""

    wb_api_base_url: str | None = Field(default=None, description="one URL in place of every WB host")
    wb_statistics_url: str | None = None
    wb_content_url: str | None = None
    wb_feedbacks_url: str | None = None
    wb_analytics_url: str | None = None
    wb_marketplace_url: str | None = None
    wb_prices_url: str | None = None
    wb_common_url: str | None = None
    wb_finance_url: str | None = None
    wb_advert_url: str | None = None
    wb_returns_url: str | None = None
    wb_api_timeout: float = Field(default=30, gt=0, description="seconds one step of a request may take")
    wb_rate_limit: float = Field(
        default=1, gt=0, description="multiplies WB's documented limits; only a sped-up simulator wants more than 1"
    )


class IngestorSettings(ServiceSettings, WbSettings):
    """What the ingestor needs to run."""

    seal_private_keys: SecretStr = Field(description="comma-separated private keys that open sealed WB tokens")

    sync_interval: float = Field(default=1, gt=0, description="minutes between two reads of a cabinet's orders")
    sync_batch_size: int = Field(
        default=100_000, ge=1, description="rows asked of a page where a method lets us choose"
    )
    sync_first_days: int = Field(
        default=2, ge=1, le=3_650, description="days that a first load reads before news are; what is older follows"
    )
    sync_dormant_days: float = Field(
        default=3,
        gt=0,
        le=36_500,
        description="without a change or a reader, after which a cabinet is read more rarely",
    )
    sync_retry_attempts: int = Field(default=3, ge=1, description="failures in a row after which a resource is failing")
    sync_workers: int = Field(default=8, ge=1, le=200, description="syncs this process runs at a time")
    sync_lease_seconds: float = Field(default=10, ge=1, description="the work of a process that hangs waits this long")
    history_keep_days: int = Field(
        default=400, ge=1, le=36_500, description="how long earlier values of orders, prices, bids and tariffs stay"
    )
    sync_log_keep_days: int = Field(default=30, ge=1, le=36_500, description="how long it is known what each run did")
    quarantine_keep_days: int = Field(
        default=30, ge=1, le=30, description="how long a row that cannot be read stays after WB sent it last"
    )

    wb_webhook_secrets: SecretStr | None = Field(
        default=None, description="comma-separated secrets of WB's webhooks; none: they are not received"
    )
    wb_webhook_port: int = Field(default=8081, ge=0, le=65535, description="where WB's webhooks are received")

    @property
    def webhook_secrets(self) -> tuple[bytes, ...]:
        """Any of which a webhook of WB's may prove; none: there is no receiver."""
        given = "" if self.wb_webhook_secrets is None else self.wb_webhook_secrets.get_secret_value()
        return tuple(secret.strip().encode() for secret in given.split(",") if secret.strip())

    @property
    def work_connections(self) -> int:
        """One for each sync, each check, each command, and each of two jobs; two for webhooks, if they are received."""
        webhooks = WEBHOOK_CONNECTIONS if self.webhook_secrets else 0
        return self.sync_workers + CHECKS_AT_A_TIME + COMMANDS_AT_A_TIME + 2 + webhooks

    @field_validator("wb_webhook_secrets")
    @classmethod
    def _are_secrets(cls, value: SecretStr | None) -> SecretStr | None:
        # Commas alone would leave the receiver off, and who set them would not know.
        if value is not None and not value.get_secret_value().replace(",", "").strip():
            raise ValueError("there is no secret in it")
        return value

    @field_validator("seal_private_keys")
    @classmethod
    def _are_keys(cls, value: SecretStr) -> SecretStr:
        return SecretStr(check_private_keys(value.get_secret_value()))

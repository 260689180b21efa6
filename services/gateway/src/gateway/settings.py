"""Settings of the gateway."""

import base64
import binascii
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator
from servicekit.http_server import networks_of
from servicekit.rate_limits import MAX_QUOTA
from servicekit.settings import ServiceSettings

PUBLIC_KEY_BYTES = 32
ACCESS_TOKEN_SECRET_BYTES = 32
REQUESTS_AT_A_TIME = 6
READS_AT_A_TIME = 8
"""Of published views, on connections beside the pool's (`reading`)."""
JOBS = 2


class Settings(ServiceSettings):
    """What the gateway needs beside what every service needs."""

    seal_public_key: str = Field(description="the ingestor's public key: WB tokens are sealed to it on arrival")

    seal_webhooks_public_key: str = Field(
        description="the notifier's public key: secrets of webhooks are sealed to it when they are made"
    )
    allow_private_urls: bool = Field(
        default=False, description="let webhooks live at http and private addresses: demo and tests only"
    )

    database_replica_url: SecretStr | None = Field(
        default=None, description="a streaming replica of the database, for reads that it is far enough for"
    )
    reporter_url: str = Field(
        default="http://127.0.0.1:9465", pattern=r"^https?://[^/]+$", description="the reporter's `REPORTS_PORT`"
    )
    sync_keep_days: int = Field(default=100, ge=1, le=36_500, description="how long requested syncs can be asked about")
    rate_limit_key: int = Field(
        default=600, ge=0, le=MAX_QUOTA, description="requests a minute with one key or session; 0: any number"
    )
    rate_limit_user: int = Field(default=1200, ge=0, le=MAX_QUOTA, description="and for one user, whoever asks for him")
    rate_limit_address: int = Field(default=3000, ge=0, le=MAX_QUOTA, description="and from one address")
    rate_limit_refused: int = Field(
        default=60, ge=0, le=MAX_QUOTA, description="refused keys and sign-ins a minute from one address; 0: any number"
    )
    trusted_proxies: str = Field(
        default="",
        description="addresses and networks, by commas, whose `X-Forwarded-For` says who asks; none: nobody's",
    )
    max_connections: int = Field(
        default=512, ge=4, le=100_000, description="open connections; a quarter from one address, but for proxies"
    )
    metrics_port: int = Field(default=9464, ge=0, le=65535, description="where `/metrics` and `/status` are")
    prometheus_url: str | None = Field(
        default=None, pattern=r"^https?://[^/]+$", description="what `/status` asks of all services; none: it says so"
    )

    telegram_bot_token: SecretStr | None = Field(
        default=None, description="of the bot that people sign in with; none: nobody signs in"
    )
    access_token_secrets: SecretStr | None = Field(
        default=None,
        description="comma-separated, at least 32 bytes each: the first signs access tokens, all are accepted",
    )

    @property
    def access_tokens_signed_with(self) -> tuple[SecretStr, ...]:
        """The secrets, each by itself."""
        given = self.access_token_secrets
        return () if given is None else tuple(map(SecretStr, given.get_secret_value().split(",")))

    @property
    def work_connections(self) -> int:
        """For requests: each uses one for a few milliseconds at a time; and one for each job."""
        return REQUESTS_AT_A_TIME + JOBS

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        networks_of(value)
        return value

    @model_validator(mode="after")
    def _can_issue_what_people_sign_in_for(self) -> Self:
        if self.telegram_bot_token is not None and self.access_token_secrets is None:
            raise ValueError("ACCESS_TOKEN_SECRETS: needed beside TELEGRAM_BOT_TOKEN, for people to sign in")
        return self

    @field_validator("access_token_secrets")
    @classmethod
    def _are_long(cls, value: SecretStr | None) -> SecretStr | None:
        secrets = [] if value is None else value.get_secret_value().split(",")
        if any(len(secret.encode()) < ACCESS_TOKEN_SECRET_BYTES for secret in secrets):
            raise ValueError(f"each secret must have {ACCESS_TOKEN_SECRET_BYTES} bytes at least")
        return value

    @field_validator("seal_public_key", "seal_webhooks_public_key")
    @classmethod
    def _is_a_key(cls, value: str) -> str:
        # A wrong key must stop the start, not the first seller who connects.
        try:
            decoded = base64.b64decode(value, validate=True)
        except binascii.Error as error:
            raise ValueError("not base64; make one with `python -m servicekit keygen`") from error
        if len(decoded) != PUBLIC_KEY_BYTES:
            raise ValueError(f"not a key of {PUBLIC_KEY_BYTES} bytes; make one with `python -m servicekit keygen`")
        return value

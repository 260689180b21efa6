"""Settings of the notifier."""

from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parseaddr
from typing import Literal, Self, get_args

from contracts.notifications import Channel
from pydantic import Field, SecretStr, field_validator, model_validator
from servicekit.crypto import check_private_keys
from servicekit.settings import ServiceSettings

from notifier.channels.google_token import ServiceAccount
from notifier.channels.smtp import Server
from notifier.channels.webpush import VapidKey

OptionalChannel = Literal["email", "webpush", "firebase"]
OPTIONAL_CHANNELS: tuple[OptionalChannel, ...] = get_args(OptionalChannel)
"""Those that an installation may be without."""

JOBS = 6


class Settings(ServiceSettings):
    """What the notifier needs beside what every service needs."""

    made_by_others = frozenset({"firebase_credentials"})

    telegram_bot_token: SecretStr = Field(description="from @BotFather")
    telegram_api_base_url: str = "https://api.telegram.org"
    telegram_per_second: float = Field(
        default=28,
        gt=0,
        description="messages over all chats, by all notifiers; Telegram takes 30, and what the bot answers needs some",
    )
    telegram_per_chat_per_second: float = Field(default=1, gt=0, description="messages to one chat")
    telegram_per_group_per_minute: float = Field(default=20, gt=0, description="messages to one group")
    senders: int = Field(default=64, ge=1, le=500, description="deliveries one process holds at a time, each channel")
    lease_seconds: float = Field(default=10, ge=1, description="a killed sender's deliveries are sent again after it")
    seal_private_keys: SecretStr | None = Field(
        default=None, description="comma-separated base64 keys that open the secrets of webhooks, sealed by the gateway"
    )
    allow_private_urls: bool = Field(
        default=False,
        description="let photos, webhooks and push endpoints live at http and private addresses: demo and tests only",
    )

    public_url: str | None = Field(
        default=None,
        max_length=200,
        pattern=r"^https?://[!-.0-;=?-~]+$",
        description="where the gateway is reached: links in mails",
    )
    smtp_url: SecretStr | None = Field(
        default=None, description="smtp://user:password@host:587 (STARTTLS) or smtps://…; none: no e-mail is sent"
    )
    smtp_from: str | None = Field(default=None, description="Pulse <pulse@example.ru>; required beside SMTP_URL")
    smtp_bounces: str | None = Field(
        default=None, description="an address of which `+` parts arrive too: what comes back names its target there"
    )
    vapid_private_key: SecretStr | None = Field(
        default=None, description="base64url of a private key of the curve P-256; none: no browser is told"
    )
    vapid_subject: str | None = Field(
        default=None, pattern=r"^(mailto:|https://)\S+$", description="whom push services may write to; beside the key"
    )
    firebase_credentials: SecretStr | None = Field(
        default=None, description="JSON of a Google service account, or its path; none: no phone is told"
    )
    firebase_api_base_url: str = "https://fcm.googleapis.com"

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Those that are sent over."""
        given = {
            "email": self.smtp_url,
            "webpush": self.vapid_private_key,
            "firebase": self.firebase_credentials,
        }
        return ("telegram", "webhook", *(name for name in OPTIONAL_CHANNELS if given[name] is not None))

    @property
    def work_connections(self) -> int:
        """Two for each channel, to claim and to record, however many send; one for each of six jobs."""
        return 2 * len(self.channels) + JOBS

    @model_validator(mode="after")
    def _channels_are_whole(self) -> Self:
        if self.smtp_url is not None:
            with _named("SMTP_URL"):
                Server.of(self.smtp_url.get_secret_value())
            if self.public_url is None or _address(self.smtp_from) is None:
                raise ValueError("PUBLIC_URL and SMTP_FROM, an address, are needed beside SMTP_URL")
        if self.smtp_bounces is not None and _address(self.smtp_bounces) != self.smtp_bounces:
            raise ValueError("SMTP_BOUNCES is not an address")
        if self.vapid_private_key is not None:
            if self.vapid_subject is None:
                raise ValueError("VAPID_SUBJECT is needed beside VAPID_PRIVATE_KEY")
            with _named("VAPID_PRIVATE_KEY"):
                VapidKey(self.vapid_private_key, self.vapid_subject).public_key  # noqa: B018  # a wrong one stops the start
        if self.firebase_credentials is not None:
            with _named("FIREBASE_CREDENTIALS"):
                ServiceAccount.of(self.firebase_credentials.get_secret_value())
        return self

    @field_validator("seal_private_keys")
    @classmethod
    def _are_keys(cls, value: SecretStr | None) -> SecretStr | None:
        return None if value is None else SecretStr(check_private_keys(value.get_secret_value()))


@contextmanager
def _named(variable: str) -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{variable}: {error}") from error


def _address(text: str | None) -> str | None:
    address = parseaddr(text or "")[1]
    return address if "@" in address and address.isascii() and not set(address) & set(" \r\n<>") else None

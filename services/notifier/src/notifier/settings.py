"""Settings of the notifier."""

from pydantic import Field, SecretStr, field_validator
from servicekit.crypto import check_private_keys
from servicekit.settings import ServiceSettings

CHANNELS = 2
JOBS = 5


class Settings(ServiceSettings):
    """What the notifier needs beside what every service needs."""

    telegram_bot_token: SecretStr = Field(description="from @BotFather")
    telegram_api_base_url: str = "https://api.telegram.org"
    telegram_per_second: float = Field(
        default=25,
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
        default=False, description="let photos and webhooks live at http and private addresses: demo and tests only"
    )

    @property
    def work_connections(self) -> int:
        """Two for each channel, to claim and to record, however many send; one for each of five jobs."""
        return 2 * CHANNELS + JOBS

    @field_validator("seal_private_keys")
    @classmethod
    def _are_keys(cls, value: SecretStr | None) -> SecretStr | None:
        return None if value is None else SecretStr(check_private_keys(value.get_secret_value()))

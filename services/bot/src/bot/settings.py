"""Settings of the bot."""

from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from servicekit.settings import ProcessSettings


class Settings(ProcessSettings):
    """What the bot needs: Telegram, and the gateway it asks."""

    telegram_bot_token: SecretStr = Field(description="from @BotFather")
    telegram_api_base_url: str = "https://api.telegram.org"
    gateway_url: str = Field(description="the gateway, without a path")
    gateway_api_key: SecretStr = Field(description="made by `python -m gateway keys create --any-user`")
    bot_webhook_url: str | None = Field(
        default=None, description="https address at which Telegram reaches this process; none: updates are polled"
    )
    bot_webhook_secret: SecretStr | None = Field(
        default=None, description="what Telegram says with each update, 16 characters at least of A-Z a-z 0-9 _ -"
    )

    @property
    def webhook_path(self) -> str:
        """The path of the webhook's address, which is also where this process serves it."""
        return urlsplit(self.bot_webhook_url or "").path or "/"

    @field_validator("bot_webhook_secret")
    @classmethod
    def _is_secret(cls, value: SecretStr | None) -> SecretStr | None:
        said = value.get_secret_value() if value else "x" * 16
        if not 16 <= len(said) <= 256 or not said.isascii() or not said.replace("_", "").replace("-", "").isalnum():
            raise ValueError("16 to 256 characters of A-Z a-z 0-9 _ -")
        return value

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> Self:
        if (self.bot_webhook_url is None) != (self.bot_webhook_secret is None):
            raise ValueError("BOT_WEBHOOK_URL and BOT_WEBHOOK_SECRET: both, or neither to poll")
        if self.bot_webhook_url and self.webhook_path.startswith(("/health", "/metrics")):
            raise ValueError("BOT_WEBHOOK_URL: another path than those of health and metrics")
        return self

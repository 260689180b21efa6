"""The gateway's settings."""

import base64
from typing import Any

import pytest
from gateway.settings import Settings
from pydantic import SecretStr, ValidationError
from servicekit import crypto

PUBLIC_KEY, _ = crypto.generate_keys()
KEYS = ("seal_public_key", "seal_webhooks_public_key")


def make(**keys: Any) -> Settings:
    given: dict[str, Any] = dict.fromkeys(KEYS, PUBLIC_KEY) | keys
    secret = SecretStr("unused://")
    return Settings(database_url=secret, redis_url=secret, rabbitmq_url=secret, **given)


LONG = "x" * 32


class TestSignIn:
    def test_secrets_are_told_one_by_one(self) -> None:
        settings = make(telegram_bot_token=SecretStr("1:bot"), access_token_secrets=SecretStr(f"{LONG},{LONG}2"))
        assert [each.get_secret_value() for each in settings.access_tokens_signed_with] == [LONG, f"{LONG}2"]
        assert make().access_tokens_signed_with == ()

    @pytest.mark.parametrize("secrets", ["short", f"{LONG},short", f"{LONG},", ","])
    def test_a_short_secret_stops_the_start_and_is_not_told(self, secrets: str) -> None:
        with pytest.raises(ValidationError, match="32 bytes") as refused:
            make(access_token_secrets=SecretStr(secrets))
        assert "short" not in str(refused.value)

    def test_a_bot_without_secrets_stops_the_start(self) -> None:
        with pytest.raises(ValidationError, match="ACCESS_TOKEN_SECRETS"):
            make(telegram_bot_token=SecretStr("1:bot"))


class TestPublicKeys:
    def test_take_what_keygen_makes(self) -> None:
        assert {getattr(make(), name) for name in KEYS} == {PUBLIC_KEY}

    @pytest.mark.parametrize("name", KEYS)
    @pytest.mark.parametrize("key", ["", "not base64!", base64.b64encode(b"short").decode()])
    def test_stop_the_start_with_anything_else(self, name: str, key: str) -> None:
        with pytest.raises(ValidationError, match="keygen"):
            make(**{name: key})


class TestTrustedProxies:
    def test_are_addresses_and_networks(self) -> None:
        assert make(trusted_proxies="10.0.0.0/8, ::1").trusted_proxies == "10.0.0.0/8, ::1"

    @pytest.mark.parametrize("proxies", ["*", "proxy", "10.0.0.1/8"])
    def test_stop_the_start_with_anything_else(self, proxies: str) -> None:
        with pytest.raises(ValidationError, match="trusted_proxies"):
            make(trusted_proxies=proxies)

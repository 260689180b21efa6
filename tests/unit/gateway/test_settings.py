"""The gateway's settings."""

import base64
from typing import Any

import pytest
from gateway.settings import Settings
from pydantic import SecretStr, ValidationError
from servicekit import crypto

PUBLIC_KEY, _ = crypto.generate_keys()
KEYS = ("seal_public_key", "seal_webhooks_public_key")


def make(**keys: str) -> Settings:
    given: dict[str, Any] = dict.fromkeys(KEYS, PUBLIC_KEY) | keys
    secret = SecretStr("unused://")
    return Settings(database_url=secret, redis_url=secret, rabbitmq_url=secret, **given)


class TestPublicKeys:
    def test_take_what_keygen_makes(self) -> None:
        assert {getattr(make(), name) for name in KEYS} == {PUBLIC_KEY}

    @pytest.mark.parametrize("name", KEYS)
    @pytest.mark.parametrize("key", ["", "not base64!", base64.b64encode(b"short").decode()])
    def test_stop_the_start_with_anything_else(self, name: str, key: str) -> None:
        with pytest.raises(ValidationError, match="keygen"):
            make(**{name: key})

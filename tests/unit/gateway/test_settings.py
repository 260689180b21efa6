"""The gateway's settings."""

import base64

import pytest
from gateway.settings import Settings
from pydantic import SecretStr, ValidationError
from servicekit import crypto

PUBLIC_KEY, _ = crypto.generate_keys()


def make(key: str) -> Settings:
    secret = SecretStr("unused://")
    return Settings(database_url=secret, redis_url=secret, rabbitmq_url=secret, seal_public_key=key)


class TestSealPublicKey:
    def test_takes_what_keygen_makes(self) -> None:
        assert make(PUBLIC_KEY).seal_public_key == PUBLIC_KEY

    @pytest.mark.parametrize("key", ["", "not base64!", base64.b64encode(b"short").decode()])
    def test_stops_the_start_with_anything_else(self, key: str) -> None:
        with pytest.raises(ValidationError, match="keygen"):
            make(key)

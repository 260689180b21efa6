"""Settings of the gateway."""

import base64
import binascii

from pydantic import Field, field_validator
from servicekit.settings import ServiceSettings

PUBLIC_KEY_BYTES = 32


class Settings(ServiceSettings):
    """What the gateway needs beside what every service needs."""

    seal_public_key: str = Field(description="the ingestor's public key: WB tokens are sealed to it on arrival")

    @field_validator("seal_public_key")
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

"""Whom Telegram vouches for: the fields of its Login widget, and a Mini App's `initData`, signed with the bot's token.

https://core.telegram.org/widgets/login and https://core.telegram.org/bots/webapps say how.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from contracts.model import Model
from pydantic import Field, SecretStr, ValidationError
from servicekit import clock

from gateway.numbers import whole_number
from gateway.refusals import Refused
from gateway.telegram_ids import MAX_TELEGRAM_ID

WIDGET_AGE = timedelta(days=1)
MINI_APP_AGE = timedelta(hours=1)
AHEAD = timedelta(minutes=1)
"""So much may Telegram's clock be ahead of ours."""

MAX_FIELDS = 30
MAX_NAME_LENGTH = 256
LATEST = 2**40
"""Of Unix times: some tens of thousands of years."""


class Person(Model):
    """Whom Telegram vouches for."""

    id: int = Field(ge=1, le=MAX_TELEGRAM_ID)
    first_name: str = Field(max_length=MAX_NAME_LENGTH)
    last_name: str | None = Field(default=None, max_length=MAX_NAME_LENGTH)
    username: str | None = Field(default=None, max_length=MAX_NAME_LENGTH)


def from_widget(fields: Mapping[str, str], bot_token: SecretStr) -> Person:
    """The person of the widget's fields, as text.

    Raises:
        Refused: 401 `sign_in_forged`, `sign_in_expired`, `sign_in_not_yet`.
    """
    _check(fields, hashlib.sha256(_bytes(bot_token)).digest(), WIDGET_AGE)
    return Person.model_validate(fields)


def from_mini_app(init_data: str, bot_token: SecretStr) -> Person:
    """The person of the `initData` that Telegram gave a Mini App.

    Raises:
        Refused: as `from_widget`, or it is of nobody.
    """
    try:
        pairs = parse_qsl(
            init_data, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError:
        raise _forged() from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise _forged()
    _check(fields, hmac.digest(b"WebAppData", _bytes(bot_token), "sha256"), MINI_APP_AGE)
    try:
        return Person.model_validate_json(fields.get("user", ""))
    except ValidationError:
        raise _forged() from None


def _check(fields: Mapping[str, str], secret: bytes, most_age: timedelta) -> None:
    # A line feed within a value could make it look like two fields: whoever chooses his own name could be anybody.
    if any(ord(character) < 32 for value in fields.values() for character in value):
        raise _forged()
    lines = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()) if name != "hash")
    signature = hmac.digest(secret, lines.encode(), "sha256").hex()
    if not hmac.compare_digest(signature.encode(), fields.get("hash", "").encode()):
        raise _forged()
    seconds = whole_number(fields.get("auth_date", ""), LATEST)
    if seconds is None:
        raise _forged()
    age = clock.now() - datetime.fromtimestamp(0, UTC) - timedelta(seconds=seconds)
    if age > most_age:
        raise Refused(401, "sign_in_expired", "Telegram vouched for this too long ago. Sign in anew.")
    if age < -AHEAD:
        raise Refused(401, "sign_in_not_yet", "Telegram vouches for this only later on. Sign in anew.")


def _bytes(bot_token: SecretStr) -> bytes:
    return bot_token.get_secret_value().encode()


def _forged() -> Refused:
    return Refused(401, "sign_in_forged", "Telegram did not say this to our bot, or not in these words.")

"""What Telegram signs for those who sign in, as it says it does."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from pydantic import SecretStr
from servicekit import clock

from support.gateway import BOT_TOKEN, Gateway, User


def signed(fields: Mapping[str, object], key: bytes) -> dict[str, str]:
    """The fields with the signature over them."""
    written = {name: str(value) for name, value in fields.items()}
    lines = "\n".join(f"{name}={written[name]}" for name in sorted(written))
    return {**written, "hash": hmac.new(key, lines.encode(), hashlib.sha256).hexdigest()}


def auth_date(seconds_ago: float = 0) -> int:
    return int(clock.now().timestamp() - seconds_ago)


def widget(
    telegram_id: int, *, seconds_ago: float = 0, bot_token: SecretStr = BOT_TOKEN, **names: object
) -> dict[str, Any]:
    """What the Login widget gives for a user."""
    key = hashlib.sha256(bot_token.get_secret_value().encode()).digest()
    fields = {"id": telegram_id, "first_name": "Анна", **names, "auth_date": auth_date(seconds_ago)}
    return {**fields, "hash": signed(fields, key)["hash"]}


def init_data(telegram_id: int, *, seconds_ago: float = 0, bot_token: SecretStr = BOT_TOKEN, **fields: object) -> str:
    """What Telegram gives a Mini App for a user."""
    key = hmac.new(b"WebAppData", bot_token.get_secret_value().encode(), hashlib.sha256).digest()
    user = json.dumps({"id": telegram_id, "first_name": "Анна", "language_code": "ru"}, ensure_ascii=False)
    given = {"query_id": "AAHdF6IQAAAAAN0XohDhrOrc", "user": user, "auth_date": auth_date(seconds_ago), **fields}
    return urlencode(signed(given, key))


@dataclass
class SignedIn:
    """A session, as its user has it."""

    user: User
    session_id: UUID
    refresh_token: str


async def sign_in(gateway: Gateway, telegram_id: int, **fields: Any) -> SignedIn:
    """A user who has just signed in."""
    answer = await gateway.client.post("/api/v1/auth/telegram", json=widget(telegram_id, **fields))
    assert answer.status_code == 200, answer.text
    tokens = answer.json()
    user = User(gateway, telegram_id, tokens["access_token"])
    return SignedIn(user, UUID(tokens["session_id"]), tokens["refresh_token"])

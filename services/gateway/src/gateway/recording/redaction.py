"""What records may hold of values that were sent or stored: no secrets, and apart what could name a person."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from contracts.audit import Values
from servicekit.redaction import Redaction

SECRETS = frozenset(
    {
        "access_token", "auth", "code", "hash", "init_data", "key", "p256dh", "password", "refresh_token", "sealed",
        "sealed_token", "secret", "secrets", "token",
    }
)  # fmt: skip
"""Names under which secrets stand: of these only that they are there is kept."""

ADDRESSES = frozenset({"endpoint", "url"})
"""Of these only the host: the rest may be as good as a password."""

PERSONAL = frozenset(
    {
        "address", "chat_id", "client", "description", "email", "first_name", "label", "last_name", "members", "name",
        "note", "owner_telegram_id", "photo_url", "query", "telegram_id", "text", "topic_id", "user", "username",
    }
)  # fmt: skip
"""Names under which stands what could name a person, or what people wrote."""

DEEPEST = 12
"""What lies deeper is left out; no body of ours goes so deep."""

without_secrets = Redaction()
"""What looks like a secret is one, under whatever name it was sent."""

_MAX_INT = 2**63


def apart(values: Mapping[str, Any]) -> tuple[Values, Values]:
    """What may stand in the chain for good, and what is personal."""
    lasting: Values = {}
    personal: Values = {}
    for name, value in values.items():
        told = _plain(name, value, DEEPEST)
        written = _text(name)
        if name in PERSONAL:
            personal[written] = told
            continue
        kept, of_people = _split(told)
        if of_people is not None:
            personal[written] = of_people
        if kept is not None or of_people is None:
            lasting[written] = kept
    return lasting, personal


def read_body(body: bytes) -> dict[str, Any]:
    """What was sent, if it is an object of JSON; else nothing."""
    try:
        read = json.loads(body) if body else None
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def _plain(name: object, value: Any, deep: int) -> Any:
    """The value as JSON has it, without secrets."""
    if name in SECRETS and value is not None:
        return True
    if name in ADDRESSES and isinstance(value, str):
        return _host_of(value)
    match value:
        case None | bool() | float():
            return value
        case int():
            return value if -_MAX_INT <= value < _MAX_INT else str(value)[:100] if abs(value) < 10**90 else None
        case str():
            return _text(value)
        case datetime() | date():
            return value.isoformat()
        case Mapping():
            return {_text(each): _plain(each, inner, deep - 1) for each, inner in value.items()} if deep else None
        case list() | tuple() | set() | frozenset():
            return [_plain(name, inner, deep - 1) for inner in value] if deep else None
    return _text(value)


def _split(value: Any) -> tuple[Any, Any]:
    """What of a value may stay, and what is personal; None where there is nothing of the kind."""
    match value:
        case dict():
            lasting, personal = apart(value)
            return (lasting or None if personal else lasting), personal or None
        case list():
            pairs = [_split(each) for each in value]
            if all(of_people is None for _, of_people in pairs):
                return value, None
            return [kept for kept, _ in pairs], [of_people for _, of_people in pairs]
    return value, None


def _text(value: object) -> str:
    return without_secrets(str(value).encode(errors="replace").decode())


def _host_of(url: str) -> str:
    try:
        return _text(urlsplit(url).hostname or "")
    except ValueError:
        return ""

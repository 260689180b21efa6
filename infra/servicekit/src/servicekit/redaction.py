"""What is secret reaches no log, trace or record: not by its value, its form or the name of its field."""

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, SecretStr

REDACTED = "[redacted]"

NAMES = re.compile(r"(?i)(^|_)(token|password|passwd|secret|api_key|private_keys?|authorization|cookie|sealed_token)$")
"""Fields whose values are never written."""

FORMS = (
    r"\b\d{6,12}(?::|%3A)[A-Za-z0-9_-]{30,}",  # a bot's token, also in an address
    r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*",  # a JWT: WB's tokens and our access tokens
    r"(?<=://)[^\s/@:\"]*:[^\s/@\"]+(?=@)",  # the password of a URL
    r"(?i)(?<=bearer )[A-Za-z0-9._~+/=-]{8,}",
    r"\bwhsec_[A-Za-z0-9+/=%]{8,}",
    r"\bpulse(?:_[a-z]+)?_[A-Za-z0-9_-]{24,}",  # our API keys and invitations
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)",
)
"""What secrets look like, whoever wrote them there."""

SHORTEST = 6
"""A shorter value is left alone: it would be found in words."""


class Redaction:
    """Removes the forms of secrets from lines, and the values that this process was given."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        # As they stand in JSON; the longest first, of which another may be a part.
        written = {json.dumps(each, ensure_ascii=False)[1:-1] for each in values if len(each) >= SHORTEST}
        known = sorted(written, key=len, reverse=True)
        self._secret = re.compile("|".join([*map(re.escape, known), *(_inline(form) for form in FORMS)]), re.DOTALL)

    def __call__(self, line: str) -> str:
        """The line without what is secret in it."""
        return self._secret.sub(REDACTED, line)


def hide_named(event: dict[str, Any]) -> dict[str, Any]:
    """The fields of a line without the values of those whose names say that they are secret."""
    return {name: REDACTED if NAMES.search(name) and value else value for name, value in event.items()}


def secrets_of(settings: BaseModel) -> set[str]:
    """The values of a process's secret settings, and the passwords in those that are URLs."""
    found = set()
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        for each in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(each, SecretStr):
                found.add(each.get_secret_value())
    return found | {password for each in found if (password := _password(each))}


def _password(text: str) -> str | None:
    try:
        password = urlsplit(text).password
    except ValueError:
        return None
    return unquote(password) if password else None


def _inline(form: str) -> str:
    return f"(?i:{form[4:]})" if form.startswith("(?i)") else f"(?:{form})"

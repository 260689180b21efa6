"""The settings that this gateway runs with, but for secrets: of them only whether they are set."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from gateway.settings import Settings

_SECRET_NAME = re.compile("secret|token|password|private")
_CREDENTIALS = re.compile("//[^/@]*@")


@dataclass(frozen=True)
class Setting:
    """One setting, by the name of its environment variable."""

    name: str
    value: str | None
    """None: it is not set, or nobody is shown it."""
    is_set: bool
    is_secret: bool
    is_default: bool
    description: str


def describe(settings: Settings) -> Sequence[Setting]:
    """Every setting, by name."""
    return [_setting(settings, name) for name in sorted(type(settings).model_fields)]


def _setting(settings: Settings, name: str) -> Setting:
    field = type(settings).model_fields[name]
    value = getattr(settings, name)
    is_secret = isinstance(value, SecretStr) or "SecretStr" in str(field.annotation) or bool(_SECRET_NAME.search(name))
    return Setting(
        name=name.upper(),
        value=None if value is None or is_secret else _CREDENTIALS.sub("//…@", str(value)),
        is_set=value is not None,
        is_secret=is_secret,
        is_default=not field.is_required() and value == field.get_default(call_default_factory=True),
        description=field.description or "",
    )

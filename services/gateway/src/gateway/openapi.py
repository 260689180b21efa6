"""The OpenAPI document, as committed in docs/openapi.json."""

import json
from functools import cache
from pathlib import Path

from gateway.app import interface


@cache
def document() -> str:
    """The document of the running code."""
    return json.dumps(interface().openapi(), indent=2, ensure_ascii=False) + "\n"


def is_current(path: Path) -> bool:
    """Whether the committed document says what the code does."""
    return path.is_file() and path.read_text() == document()

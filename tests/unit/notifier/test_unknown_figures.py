"""What is not known is told as "—", or not at all: never as 0."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from notifier.kinds import KINDS
from notifier.messages.message import About
from notifier.messages.sample import NOW
from pydantic import ValidationError
from servicekit.translation import CODES, language
from tgsim.entities import parse_html

ZERO = re.compile(r"(?<![\w.,:])(?<!= )0(?=[\s\u202f]?(?:₽|шт|%|pcs|units|orders|дн|\)|,|$))", re.MULTILINE)
"""An amount, a count or a share of nothing; `= 0` is a change of nothing, which is known."""

Path = tuple[str | int, ...]


def leaves(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where single values are."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if inside is None:
        yield path
        return
    for key, each in inside:
        yield from leaves(each, (*path, key))


def without(kind: str, document: dict[str, Any]) -> dict[str, Any]:
    """The payload with nothing in it that it can be without."""
    for path in list(leaves(document)):
        place: Any = document
        for key in path[:-1]:
            place = place[key]
        was, place[path[-1]] = place[path[-1]], None
        try:
            KINDS[kind].payload.model_validate_json(json.dumps(document))
        except ValidationError:
            place[path[-1]] = was
    return document


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_is_unknown_is_never_told_as_zero(kind: str, code: str) -> None:
    about = About(None, NOW, NOW, language=language("notifier", code))
    for payload in KINDS[kind].preview():
        unknown = json.dumps(without(kind, json.loads(payload.model_dump_json())))
        text = parse_html(KINDS[kind].render(unknown, about).html).text
        assert not ZERO.search(text), text
        assert "None" not in text.replace("None since", ""), text

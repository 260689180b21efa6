"""What is not known is told as "—", or not at all: never as 0."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from contracts.digests import Compared, DigestKind, SourceAge
from notifier.kinds import KINDS
from notifier.messages.digest import digest_message
from notifier.messages.message import About
from notifier.messages.sample import NOW
from notifier.messages.sample_digest import sample_digest
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


def test_sums_of_a_source_that_was_never_read_are_unknown() -> None:
    zero = Compared(count=0, sum=Decimal(0), previous_count=0, previous_sum=Decimal(0), change=None)
    digest = sample_digest(DigestKind.DAY)
    currencies = [each.model_copy(update={"bought": zero, "returns": zero}) for each in digest.currencies]
    about = About(None, NOW, NOW, language=language("notifier", "ru"))

    def told(**changes: Any) -> str:
        return parse_html(digest_message(digest.model_copy(update=changes), about).html).text

    orders = SourceAge(resource="order_feed", as_of=NOW)
    lines = told(currencies=tuple(currencies), freshness=(orders, SourceAge(resource="sales", as_of=None))).splitlines()
    assert {"Выкупы: —", "Возвраты: —"} <= set(lines)
    assert any(line.startswith("Заказы: 96 шт") or line.startswith("Заказано: 96 шт") for line in lines)
    assert "ещё не прочитаны" in told(currencies=(), freshness=(orders,))
    assert "Заказов, выкупов и возвратов не было" in told(currencies=())

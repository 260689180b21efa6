"""Whatever names, texts and figures are: Telegram takes every message of every kind, in both languages."""

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from notifier.kinds import KINDS
from notifier.kinds.cabinet_suspended import TEXTS as REASONS
from notifier.kinds.group import Grouped, render_group
from notifier.messages.alert import NOT_TOLD
from notifier.messages.message import MAX_CAPTION_UNITS, MAX_TEXT_UNITS, About
from notifier.messages.sample import NOW
from servicekit.translation import CODES, language, zone_of
from tgsim.entities import parse_html, utf16_length

RULES = Path(__file__).parents[3] / "services/reporter/src/reporter/alerts/rules"

BAD = [
    "<b>&amp;</b>" * 40,
    "😀" * 250,
    "\u202eявляется" * 40,
    "a" * 500,
    "</code><i>",
    "&#x;&lt",
    "",
    "\x00\n\u2028",
    "{x}",
]
NAMES = st.one_of(st.sampled_from(BAD), st.text(max_size=500))
FREE = {"title", "vendor_code", "name", "text", "tech_size", "reason", "label", "host", "warehouse_name", "region_name"}
FREE |= {"supplier_article", "brand", "subject", "warehouse_type", "srid", "error"}
"""Fields that somebody else fills, of all payloads; a reason of a suspension is one of ours."""

NUMBERS = st.sampled_from(["NaN", "1e30", "-0", "99999999999999", "2026-13-45", "x"])
ANYTHING = st.one_of(st.none(), st.booleans(), st.integers(), NUMBERS, NAMES, st.just([]))
"""Figures of an alert, which are not of any model."""


def spoilt(value: Any, draw: st.DataObject, *, in_figures: bool = False) -> Any:
    """A payload with hostile words, and figures of alerts that are anything at all."""
    if isinstance(value, list):
        return [spoilt(each, draw, in_figures=in_figures) for each in value]
    if not isinstance(value, dict):
        return draw.draw(st.one_of(st.just(value), ANYTHING)) if in_figures else value
    return {
        key: draw.draw(NAMES)
        if key in FREE and isinstance(each, str) and each not in REASONS
        else spoilt(each, draw, in_figures=in_figures or (key == "figures" and "alert_id" in value))
        for key, each in value.items()
    }


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_telegram_takes_whatever_is_told(kind: str, code: str, data: st.DataObject) -> None:
    about = About(data.draw(NAMES), NOW, NOW, is_edit=data.draw(st.booleans()), language=language("notifier", code))
    about = replace(about, zone=zone_of("Asia/Kolkata"), delivery_id=UUID(int=1))
    for payload in KINDS[kind].preview():
        told = json.dumps(spoilt(json.loads(payload.model_dump_json()), data))
        message = KINDS[kind].render(told, about)
        assert 0 < utf16_length(parse_html(message.html).text) <= MAX_CAPTION_UNITS
        assert all(len(button.body) <= 28 and button.text for button in message.buttons)


def _payloads(currency: str | None) -> Iterator[Grouped]:
    for name, kind in KINDS.items():
        for payload in kind.preview():
            for shop in BAD:
                yield Grouped(name, payload.model_dump_json(), About(shop, NOW, NOW), Decimal("1494.5"), currency)


@pytest.mark.parametrize("code", CODES)
def test_a_group_of_everything_fits_and_counts_each_kind(code: str) -> None:
    items = list(_payloads("KGS"))
    about = About(None, NOW, NOW, language=language("notifier", code))
    text = parse_html(render_group(items, about).html).text
    assert utf16_length(text) <= MAX_TEXT_UNITS
    assert str(len(items)) in text
    orders = [item for item in items if item.kind == "order_cancelled"]
    text = parse_html(render_group(orders, about).html).text
    assert f": {len(orders)} · " in text
    assert f"× {len(orders)}" in text


def test_amounts_of_two_currencies_are_never_added() -> None:
    items = [new_order("RUB"), new_order("KZT"), new_order("RUB")]
    html = render_group(items, About("А", NOW, NOW)).html.replace("\u202f", " ")
    assert "100 ₸ · 200 ₽" in html


def new_order(currency: str) -> Grouped:
    payload = KINDS["order_new"].preview()[0].model_dump_json()
    return Grouped("order_new", payload, About("А", NOW, NOW), Decimal(100), currency)


def test_every_rule_of_alerts_has_a_kind_or_a_reason_why_not() -> None:
    rules = {path.stem for path in RULES.glob("*.py")} - {"__init__"}
    assert rules - set(KINDS) == set(NOT_TOLD) - set(KINDS)
    assert set(NOT_TOLD) <= rules

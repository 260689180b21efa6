"""Many messages in one: how many of each kind and what they come to, the items of most, and of which time they are."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from contracts.message_kinds import KINDS as KNOWN
from pydantic import ValidationError
from servicekit.text import name, text_units

from notifier.kinds import KINDS
from notifier.messages.message import MAX_TEXT_UNITS, About, Message
from notifier.messages.notice import SHOP_UNITS

SHOPS = 5
LINES = (12, 6, 3, 0)
"""Items named of each kind: the first number with which the message fits."""


class Grouped(NamedTuple):
    """One of the messages that are told together."""

    kind: str
    payload: str
    about: About
    amount: Decimal | None = None
    currency: str | None = None


def render_group(items: Sequence[Grouped], about: About) -> Message:
    """One text of at most 4096 units; `about` is its reader's, each item has its own shop and time."""
    named = _named(items)
    for lines in LINES:
        html = "\n".join(_lines(items, about, named, lines))
        if text_units(html) <= MAX_TEXT_UNITS:
            break
    return Message(html)


def _lines(items: Sequence[Grouped], about: About, named: dict[str, Counter[str]], lines: int) -> Iterator[str]:
    language, text = about.language, about.language.text
    yield f"🔔 <b>{language.plural('{n} message at once', '{n} messages at once', len(items))}</b>"
    shops = list(dict.fromkeys(filter(None, (name(item.about.shop_name, SHOP_UNITS) for item in items))))
    yield from (f"🏬 {shop}" for shop in shops[:SHOPS])
    if len(shops) > SHOPS:
        yield text("… {n} more", n=len(shops) - SHOPS)
    sums = _sums(items)
    for kind, count in Counter(item.kind for item in items).most_common():
        known = KNOWN[kind]
        amounts = [language.money(total, currency) for currency, total in sorted(sums[kind].items())]
        yield ""
        title = known.ru if language.code == "ru" else known.en
        yield " · ".join([f"<b>{title}: {language.number(count)}</b>", *amounts])
        top = named[kind].most_common(lines)
        for line, times in top:
            yield f"— {line}" + (f" × {language.number(times)}" if times > 1 else "")
        if lines and (more := len(named[kind]) - len(top)):
            yield text("… {n} more", n=language.number(more))
    since, until = (of(item.about.data_at for item in items) for of in (min, max))
    yield ""
    zone = language.zone(until, about.zone)
    yield f"🕒 {about.moment(since)} – {about.moment(until)} {zone}"


def _sums(items: Sequence[Grouped]) -> dict[str, dict[str, Decimal]]:
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for item in items:
        if item.amount is not None and item.currency is not None and KNOWN[item.kind].has_amount:
            sums[item.kind][item.currency] += item.amount
    return sums


def _named(items: Sequence[Grouped]) -> dict[str, Counter[str]]:
    named: dict[str, Counter[str]] = defaultdict(Counter)
    for item in items:
        if line := _line(item):
            named[item.kind][line] += 1
    return named


def _line(item: Grouped) -> str:
    kind: Any = KINDS[item.kind]
    if kind.line is None:
        return ""
    try:
        payload = kind.payload.model_validate_json(item.payload)
    except ValidationError:
        return ""
    line: str = kind.line(payload, replace(item.about, delivery_id=None))
    return line

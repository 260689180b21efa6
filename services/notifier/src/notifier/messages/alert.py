"""Messages about alerts: raised once, written over while they change, and once more when they are over."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from contracts.alerts import Alert, AlertsRaisedV1, AlertsResolvedV1, AlertsUpdatedV1
from contracts.envelope import Event, Origin
from contracts.message_kinds import MessageKind
from servicekit.text import UNKNOWN, name, text_units

from notifier.deliveries.enqueue import Notice
from notifier.messages.buttons import alert_button, answer_button, item_buttons
from notifier.messages.figures import about_money
from notifier.messages.kind import Kind, Rule
from notifier.messages.message import MAX_CAPTION_UNITS, About, Message
from notifier.messages.notice import SHOP_UNITS, as_of

NOT_TOLD = {
    "data_lagging": "data_delayed tells it from the ingestor's own event",
    "token_expiring": "the kind of that name tells it from the ingestor's own event",
}
"""Rules of alerts that no message tells, and why."""

TITLE_UNITS = 120
QUOTE_UNITS = 300
WORD_UNITS = 40
SHARES = (1.0, 0.5, 0.2)

Lines = Callable[["Told"], Iterable[str]]


class Told:
    """An alert and whom it is told: its figures as they can be shown. Whatever cannot be read is unknown."""

    def __init__(self, alert: Alert, about: About, share: float = 1.0) -> None:
        self.alert = alert
        self.about = about
        self.language = about.language
        self.text = about.language.text
        self._share = share

    def decimal(self, field: str, of: dict[str, Any] | None = None) -> Decimal | None:
        """A number of the figures."""
        try:
            number = Decimal(str((self.alert.figures if of is None else of).get(field)))
        except InvalidOperation:
            return None
        return number if number.is_finite() and abs(number) < 10**14 else None

    def number(self, field: str, of: dict[str, Any] | None = None) -> str:
        value = self.decimal(field, of)
        return UNKNOWN if value is None else self.language.number(value)

    def money(self, field: str) -> str:
        return self.language.money(self.decimal(field), self.alert.currency)

    def word(self, field: str, units: int = WORD_UNITS, of: dict[str, Any] | None = None) -> str:
        """Someone else's word; empty where there is none."""
        value = (self.alert.figures if of is None else of).get(field)
        return name(value, max(1, round(units * self._share))) if isinstance(value, str) else ""

    def size(self, of: dict[str, Any] | None = None) -> str:
        word = self.word("tech_size", of=of)
        return "" if word == "0" else word

    def of_size(self, line: str, of: dict[str, Any] | None = None) -> str:
        """A line about a size: it is named where the item has several."""
        size = self.size(of)
        return self.text("Size {size}: {line}", size=size, line=line) if size else line[:1].upper() + line[1:]

    def day(self, field: str) -> str:
        """A day or a moment of the figures."""
        value = self.alert.figures.get(field)
        try:
            if isinstance(value, str) and "T" in value:
                at = datetime.fromisoformat(value)
                return self.about.moment(at) if at.tzinfo else UNKNOWN
            return self.language.day(date.fromisoformat(str(value)))
        except (ValueError, OverflowError):
            return UNKNOWN

    def rows(self, field: str) -> list[dict[str, Any]]:
        found = self.alert.figures.get(field)
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def alert_kind(
    kind: MessageKind,
    emoji: str,
    title: str,
    lines: Lines,
    preview: Callable[[], tuple[Alert, ...]],
    *,
    ends: bool = True,
) -> Kind[Alert]:
    """The kind that tells the alerts of the rule of its name; `title` is a msgid.

    What happened once does not end for who reads of it: it has no `ends`.
    """

    def write(alert: Alert, about: About) -> Message:
        for share in SHARES:
            html = "\n".join(_written(emoji, title, lines, Told(alert, about, share)))
            if text_units(html) <= MAX_CAPTION_UNITS:
                break
        photo = alert.product.photo if alert.product else None
        buttons = (*answer_button(alert.feedback_id, about), *alert_button(alert.alert_id, about))
        return Message(html, (*buttons, *item_buttons(alert.nm_id, about)), photo)

    def line(alert: Alert, about: About) -> str:
        return item_of(alert, 60) or about.language.text(title)

    return Kind(kind, Alert, write, preview, rules=_rules(kind, ends=ends), line=line)


def item_of(alert: Alert, units: int) -> str:
    """What the alert's item is called; empty where it is about none."""
    product = alert.product
    title = name((product and (product.title or product.vendor_code)) or "", units)
    return title or (str(alert.nm_id) if alert.nm_id else "")


def _written(emoji: str, title: str, lines: Lines, told: Told) -> Iterator[str]:
    alert, text = told.alert, told.text
    if alert.resolved_at is not None:
        yield f"✅ <b>{text(title)}: {text('it is over')}</b> · {told.about.moment(alert.resolved_at)}"
    else:
        risk = ""
        if alert.money_at_risk is not None:
            amount = about_money(alert.money_at_risk, alert.currency, told.language)
            risk = f" · {text('at stake ≈ {amount}', amount=amount)}"
        yield f"{emoji} <b>{text(title)}</b>{risk}"
    if shop := name(told.about.shop_name, SHOP_UNITS):
        yield f"🏬 {shop}"
    if alert.nm_id:
        code = name(alert.product.vendor_code, WORD_UNITS) if alert.product else ""
        yield f"🏷 {item_of(alert, TITLE_UNITS)}"
        yield "🆔 " + " · ".join(filter(None, (str(alert.nm_id), code)))
    yield ""
    yield from lines(told)
    yield ""
    yield f"🕒 {as_of(told.about)}"


def _rules(kind: MessageKind, *, ends: bool) -> tuple[Rule, ...]:
    def notices(event: Event[Any]) -> Iterator[Notice]:
        for alert in event.data.alerts:
            if alert.rule == kind and alert.raised_by is Origin.LIVE:
                yield _notice(kind, alert, is_raised=isinstance(event.data, AlertsRaisedV1))

    rules = (Rule(AlertsRaisedV1, notices), Rule(AlertsUpdatedV1, notices))
    return (*rules, Rule(AlertsResolvedV1, notices)) if ends else rules


def _notice(kind: MessageKind, alert: Alert, *, is_raised: bool) -> Notice:
    # What became critical is worth a message where the first one is out of sight.
    is_news = is_raised or (alert.severity == "critical" and alert.resolved_at is None)
    return Notice(
        kind=kind,
        subject=f"alert/{alert.alert_id}/{alert.revision}",
        payload=alert.model_dump_json(),
        thread=f"alert/{alert.alert_id}/{alert.episode}",
        only_edits=not is_news,
        nm_id=alert.nm_id or None,
        amount=alert.money_at_risk,
        currency=alert.currency,
    )

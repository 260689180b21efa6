"""Alerts: a page of what is to be looked at, and one."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from pulse_client.models import ListedAlert, ListMeta, Mark, ProductCard
from servicekit.text import name
from servicekit.translation import msgid

from bot.views.lines import amount, freshness, message, titled
from bot.views.reader import Reader
from bot.views.resources import RESOURCES

STATES = ("open", "snoozed", "resolved")
STATE_WORDS = {"open": msgid("Open"), "snoozed": msgid("Snoozed"), "resolved": msgid("Resolved")}
SEVERITY_SIGNS = {"critical": "🔴", "warning": "🟡", "info": "🔵"}
RULE_WORDS = {
    "running_out": msgid("Runs out soon"),
    "out_of_stock": msgid("Out of stock"),
    "restocked": msgid("In stock again"),
    "bad_review": msgid("A bad review"),
    "rating_drop": msgid("The rating fell"),
    "price_changed": msgid("The price changed"),
    "spp_changed": msgid("WB's discount changed"),
    "unusual_cancels": msgid("Unusually many cancels"),
    "unusual_returns": msgid("Unusually many returns"),
    "finance_penalty": msgid("A penalty or a deduction"),
    "data_lagging": msgid("Wildberries' data are late"),
    "token_expiring": msgid("The token expires"),
    "reconciliation_unknown": msgid("A difference nobody can explain yet"),
    "replenishment_due": msgid("It is time to send more"),
    "review_unanswered": msgid("A review waits for an answer"),
    "question_waiting": msgid("A question waits for an answer"),
    "claim_waiting": msgid("A claim waits for a decision"),
    "advert_budget_low": msgid("An advert's budget is nearly spent"),
    "finance_report": msgid("A new finance report"),
}
FIGURE_WORDS = {
    "days_left": msgid("Days left: {value}"),
    "tech_size": msgid("Size: {value}"),
    "out_since": msgid("Out since: {value}"),
    "orders_per_day": msgid("Orders a day: {value}"),
    "valuation": msgid("Stars: {value}"),
    "rating": msgid("Rating: {value}"),
    "rating_week_ago": msgid("A week ago: {value}"),
    "price": msgid("Price: {value}"),
    "price_before": msgid("Price before: {value}"),
    "spp": msgid("WB's discount, %: {value}"),
    "spp_before": msgid("WB's discount before, %: {value}"),
    "events": msgid("In 7 days: {value}"),
    "usual": msgid("Usually: {value}"),
    "penalty": msgid("Penalty: {value}"),
    "deduction": msgid("Deduction: {value}"),
    "left": msgid("Left: {value}"),
    "text": msgid("“{value}”"),
}
"""Figures of rules that are shown, in this order."""
PEOPLE_SAY = frozenset({"text", "tech_size"})
MONEY = frozenset({"price", "price_before", "penalty", "deduction"})
TITLE_UNITS = 60
_NUMBER = re.compile(r"-?[0-9]{1,30}([.][0-9]{1,10})?")


def page(reader: Reader, alerts: Sequence[ListedAlert], meta: ListMeta, *, state: str, first: int, count: str) -> str:
    """Alerts as a list; `first` is the number of the first, `count` how many there are, in words."""
    head = f"🔔 <b>{reader.text('Alerts')}</b>"
    lines = [" · ".join(filter(None, (head, reader.text(STATE_WORDS[state]), count)))]
    if not alerts:
        lines += ["", reader.text("Nothing to look at here.")]
    for number, alert in enumerate(alerts, first):
        lines += [
            "",
            f"<b>{number}.</b> {_head(reader, alert)}",
            " · ".join(filter(None, (_about(reader, alert), _risk(reader, alert)))),
        ]
    return message([line for line in lines if line or line == ""], freshness(reader, meta))


def card(reader: Reader, alert: ListedAlert) -> str:
    """One alert, with the figures its rule went by."""
    last = reader.text("🕒 as of {moment}", moment=reader.moment(alert.changed_at))
    return message(_card(reader, alert), last)


def _card(reader: Reader, alert: ListedAlert) -> Iterator[str]:
    yield f"<b>{_head(reader, alert)}</b>"
    about = _about(reader, alert)
    if about:
        yield about
    if alert.nm_id:
        yield f"🆔 {alert.nm_id}"
    yield ""
    figures = alert.figures.additional_properties
    for key, said in FIGURE_WORDS.items():
        value = figures.get(key)
        if value is not None and not isinstance(value, dict | list) and (key, value) != ("tech_size", "0"):
            yield reader.text(said, value=figure(reader, key, value, alert.currency))
    risk = _risk(reader, alert)
    if risk:
        yield risk
    yield reader.text("Since {moment}", moment=reader.short_moment(alert.raised_at))
    if alert.resolved_at is not None:
        yield reader.text("Over since {moment}", moment=reader.short_moment(alert.resolved_at))
    if isinstance(alert.mark, Mark):
        yield _mark(reader, alert.mark)


def figure(reader: Reader, key: str, value: object, currency: str | None = None) -> str:
    """A plain value of an event as it is read: amounts with their currency, days and moments in words."""
    said = str(value)
    if key in PEOPLE_SAY:
        return name(said, 300)
    if isinstance(value, bool):
        return said.lower()
    if isinstance(value, int | float | str) and _NUMBER.fullmatch(said):
        return reader.money(Decimal(said), currency) if key in MONEY else reader.number(Decimal(said))
    try:
        at = datetime.fromisoformat(said)
        return reader.moment(at) if at.tzinfo else reader.day(at.date())
    except (ValueError, OverflowError):
        return name(said, 300)


def _head(reader: Reader, alert: ListedAlert) -> str:
    rule = reader.text(RULE_WORDS[alert.rule]) if alert.rule in RULE_WORDS else name(alert.rule, TITLE_UNITS)
    return f"{SEVERITY_SIGNS.get(alert.severity, '•')} {rule}"


def _about(reader: Reader, alert: ListedAlert) -> str:
    if isinstance(alert.product, ProductCard):
        return titled(alert.product.title, alert.product.vendor_code, alert.nm_id, TITLE_UNITS)
    if alert.resource:
        return reader.text(RESOURCES[alert.resource]) if alert.resource in RESOURCES else name(alert.resource, 40)
    return str(alert.nm_id) if alert.nm_id else ""


def _risk(reader: Reader, alert: ListedAlert) -> str:
    at_risk = amount(alert.money_at_risk)
    return "" if at_risk is None else reader.text("at risk {sum}", sum=reader.money(at_risk, alert.currency))


def _mark(reader: Reader, mark: Mark) -> str:
    if mark.state == "snoozed" and mark.until is not None:
        return reader.text("😴 Snoozed until {moment}", moment=reader.short_moment(mark.until))
    said = reader.text("✅ Resolved by hand") if mark.state == "resolved" else reader.text("👀 Seen")
    return f"{said} · {reader.short_moment(mark.marked_at)}"

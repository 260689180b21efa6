"""What has become of an order: the head of its message, and what was paid or taken back."""

from collections.abc import Iterator
from datetime import datetime

from contracts.message_kinds import MessageKind
from contracts.orders import OrderState, ReportedOrder
from servicekit.translation import msgid

from notifier.messages.figures import MINUS, about_money, signed_money
from notifier.messages.message import About

NOT_YET = msgid("the amount has not come yet")

HEADS: dict[MessageKind, tuple[str, str]] = {
    "order_new": ("🧾", msgid("New order")),
    "order_first": ("🎉", msgid("New order, the first of the item")),
    "order_big": ("🔥", msgid("New order, a big one")),
    "order_changed": ("✏️", msgid("The order changed")),
    "order_cancelled": ("❌", msgid("Order cancelled")),
    "order_bought": ("✅", msgid("Bought")),
    "order_returned": ("↩️", msgid("Returned")),
    "order_priced": ("💰", msgid("The amount came")),
}

OF_STATE: dict[OrderState, MessageKind] = {
    "open": "order_new",
    "cancelled": "order_cancelled",
    "bought": "order_bought",
    "returned": "order_returned",
}

ORDERED: frozenset[MessageKind] = frozenset({"order_new", "order_first", "order_big"})
ENDED: frozenset[MessageKind] = frozenset({"order_cancelled", "order_bought", "order_returned"})
"""What is told in a short form where it is not written over the card of the order."""


def told_as(kind: MessageKind, reported: ReportedOrder, about: About) -> MessageKind:
    """What the head says: an amount that came to a card that is there leaves it what it was."""
    if kind != "order_priced" or not about.is_edit or reported.life is None:
        return kind
    of_state = OF_STATE[reported.life.state]
    was = about.was_told_as
    return was if was in ORDERED and of_state in ORDERED else of_state


def head(kind: MessageKind, reported: ReportedOrder, about: About) -> str:
    """`🧾 Новый заказ · 20.11 14:07`."""
    emoji, title = HEADS[kind]
    return f"{emoji} <b>{about.language.text(title)}</b> · {about.moment(happened_at(kind, reported))}"


def happened_at(kind: MessageKind, reported: ReportedOrder) -> datetime:
    """When what the message tells of happened."""
    order, life = reported.order, reported.life
    at: datetime | None = None
    if kind in ORDERED:
        at = order.ordered_at
    elif kind == "order_cancelled":
        at = order.cancelled_at or (life.cancelled_at if life else None)
    elif kind == "order_bought":
        at = life.bought_at if life else None
    elif kind == "order_returned":
        at = life.returned_at if life else None
    if at is None and kind not in ("order_changed", "order_priced"):
        at = reported.step_at
    return at or order.last_change_at


def life_line(kind: MessageKind, reported: ReportedOrder, about: About) -> str:
    """`Заказ от 20.11 14:07, ехал 4 дня`: from where it came to this."""
    language, order, life = about.language, reported.order, reported.life
    ordered = language.text("Order of {moment}", moment=about.moment(order.ordered_at))
    passed = happened_at(kind, reported) - order.ordered_at
    # Where Wildberries gives only the day of a cancellation, it may lie before the order.
    if kind == "order_cancelled" and order.cancelled_at is not None and order.cancelled_at > order.ordered_at:
        span = language.span(order.cancelled_at - order.ordered_at)
        return f"{ordered} ({language.text('{span} passed', span=span)})"
    if kind == "order_bought" and passed.days > 0:
        return f"{ordered}{language.plural(', {n} day on its way', ', {n} days on its way', passed.days)}"
    if kind == "order_returned" and life is not None and life.bought_at is not None:
        bought = language.text("bought on {moment}", moment=about.moment(life.bought_at))
        kept = (happened_at(kind, reported) - life.bought_at).days
        after = language.plural(", given back after {n} day", ", given back after {n} days", kept) if kept > 0 else ""
        return f"{ordered}, {bought}{after}"
    return ordered


def paid_lines(kind: MessageKind, reported: ReportedOrder, about: About) -> Iterator[str]:
    """What is paid for a purchase, taken back for a return, lost by a cancellation."""
    language, text = about.language, about.language.text
    sale, life, order = reported.sale, reported.life, reported.order
    currency = (sale and sale.currency) or order.currency
    money = reported.figures.money if reported.figures else None
    back = ""
    if money is not None and money.delivery_back is not None:
        amount = about_money(money.delivery_back, order.currency, language)
        back = f" · {text('delivery back ≈ {amount}', amount=amount)}"
    if kind == "order_bought":
        for_pay = sale.for_pay if sale and not sale.is_return else None
        if for_pay is None and life is not None:
            for_pay = life.for_pay
        price = (sale and sale.price_with_disc) or (life and life.bought_price) or order.price_with_disc
        if for_pay is None:
            yield f"🏦 {text('WB has not sent the amount yet (it takes a day at most): it will be added here')}"
        else:
            paid = text("to be paid to you {amount} (preliminary)", amount=language.money(for_pay, currency))
            yield f"🏦 {language.money(price, currency)} → {paid}"
    elif kind == "order_returned":
        taken = sale.for_pay if sale and sale.is_return else None
        if taken is None and life is not None:
            taken = life.return_for_pay
        if taken is None:
            yield f"💸 {text('The amount has not come yet: it will be added to this message')}{back}"
        else:
            amount = signed_money(-abs(taken), currency, language)
            yield f"💸 {text('{amount} of what is paid to you', amount=amount)}{back}"
    elif kind == "order_cancelled" and money is not None and money.delivery_back is not None:
        amount = about_money(money.delivery_back, order.currency, language)
        yield f"↩️ {text('Delivery back ≈ {amount}', amount=MINUS + amount)}"

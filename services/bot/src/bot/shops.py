"""What a shop is called, how it is, and what its token gives, in words."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from pulse_client.models import Cabinet, CabinetDetails, Token
from servicekit.text import name
from servicekit.translation import msgid

from bot.conversation import Conversation

MAX_NAME_UNITS = 60
MAX_REASON_UNITS = 300

Shop = Cabinet | CabinetDetails

ROLES = {
    "owner": msgid("owner"),
    "manager": msgid("manager"),
    "analyst": msgid("analyst"),
    "viewer": msgid("viewer"),
}
MAY = {
    "owner": msgid("everything"),
    "manager": msgid("answers reviews, invites and removes viewers and analysts, renames the shop"),
    "analyst": msgid("enters costs and plans, handles alerts, starts syncs"),
    "viewer": msgid("only reads"),
}
STATES = {"verified": "🟢", "unchecked": "🟡", "suspended": "🔴"}

KINDS = {
    "personal": msgid("personal token: orders and sales once a minute, stocks 3 times a minute"),
    "service": msgid("service token: orders and sales once a minute, stocks 3 times a minute"),
    "base": msgid("base token: orders every 3 hours, sales every 2 hours, stocks 4 times an hour. Make a personal one"),
    "test": msgid("token of the sandbox"),
}
CATEGORIES = {
    "content": msgid("item cards"),
    "analytics": msgid("stocks and analytics"),
    "prices": msgid("prices and discounts"),
    "marketplace": msgid("FBS assembly tasks"),
    "statistics": msgid("orders and sales"),
    "promotion": msgid("advertising"),
    "feedbacks": msgid("reviews and questions"),
    "finance": msgid("finance reports"),
}
SHOWN_RESOURCES = {
    "orders": msgid("orders"),
    "sales": msgid("sales"),
    "stocks": msgid("stocks"),
    "products": msgid("items"),
    "feedbacks": msgid("reviews"),
}
NEW_TOKEN = msgid("make a new token in the seller's office and give it with the button below.")
SUSPENDED = {
    "token_rejected": (msgid("Wildberries does not accept the token."), NEW_TOKEN),
    "token_unreadable": (msgid("Pulse cannot read the stored token any more."), NEW_TOKEN),
    "seller_mismatch": (msgid("Wildberries says that the token is of another seller."), NEW_TOKEN),
    "scope_refused": (
        msgid("The token lacks categories that Pulse needs."),
        msgid("make a token with Content, Statistics and Analytics and give it with the button below."),
    ),
    "payment_required": (
        msgid("Wildberries asks the shop for a payment before it gives data."),
        msgid("pay in the seller's office; the shop resumes by itself."),
    ),
}
"""Why, and what to do."""


def shop_name(shop: Shop, max_units: int = MAX_NAME_UNITS) -> str:
    """What the seller calls it, or what Wildberries does; as HTML."""
    return name(shop.name or shop.trade_mark or shop.seller_name, max_units) or "WB"


def plain_name(shop: Shop, max_units: int = MAX_NAME_UNITS) -> str:
    """As `shop_name`, for the text of a button."""
    return " ".join((shop.name or shop.trade_mark or shop.seller_name or "WB").split())[:max_units]


def state_line(talk: Conversation, shop: Shop) -> str:
    """How the shop is; where it is suspended why, and what to do."""
    mark = STATES[shop.status]
    if shop.status == "verified":
        return f"{mark} {talk.text('works')}"
    if shop.status == "unchecked":
        return f"{mark} {talk.text('the token is being checked at Wildberries')}"
    known, advice = SUSPENDED.get(shop.status_reason or "", (None, NEW_TOKEN))
    reason = talk.text(known) if known else name(shop.status_reason, MAX_REASON_UNITS)
    lines = [f"{mark} <b>{talk.text('suspended')}</b>: {reason}"]
    if shop.status_detail:
        lines.append(f"<i>{name(shop.status_detail, MAX_REASON_UNITS)}</i>")
    lines.append(f"{talk.text('What to do')}: {talk.text(advice)}")
    return "\n".join(lines)


def token_lines(talk: Conversation, token: Token) -> list[str]:
    """What the token gives and what not, how fresh, and until when."""
    is_russian = talk.language.code == "ru"
    # The gateway says it in Russian; English is made of what that is made of.
    fresh = token.freshness if is_russian else talk.text(KINDS[token.kind])
    gives = token.gives if is_russian else _categories(talk, token.categories)
    closed = [each for each in CATEGORIES if each not in token.categories]
    lacks = token.lacks if is_russian else _categories(talk, closed)
    lines = [f"⏱ {name(fresh, 300)}", f"✅ {talk.text('gives')}: {_list(gives)}"]
    if lacks:
        lines.append(f"✖️ {talk.text('does not give')}: {_list(lacks)}")
    if is_russian and token.cannot:
        lines.append(f"✖️ {talk.text('never gives')}: {_list(token.cannot)}")
    elif token.read_only:
        lines.append(f"✖️ {talk.text('read-only: reviews cannot be answered')}")
    lines.append(f"📅 {talk.text('valid until {day}', day=day_of(talk, token.expires_at))}")
    return lines


def freshness_lines(talk: Conversation, shop: CabinetDetails) -> list[str]:
    """When the main things were read last, and which of them is late."""
    lines = []
    for resource in shop.resources:
        called = SHOWN_RESOURCES.get(resource.resource)
        if called is not None:
            at = resource.last_success_at
            read = talk.text("not read yet") if at is None else talk.moment(at)
            late = f" ⚠️ {talk.text('late')}" if resource.stale else ""
            lines.append(f"• {talk.text(called)}: {read}{late}")
    return lines


def day_of(talk: Conversation, at: datetime) -> str:
    """A day with its year."""
    local = at.astimezone(talk.zone)
    return f"{talk.language.day(local.date())}.{local.year}" if talk.language.code == "ru" else f"{local:%-d %b %Y}"


def _categories(talk: Conversation, categories: Iterable[str]) -> list[str]:
    return [talk.text(CATEGORIES[each]) for each in categories if each in CATEGORIES]


def _list(words: Sequence[str]) -> str:
    return name(", ".join(words), 500) or "—"

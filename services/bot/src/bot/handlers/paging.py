"""What lists have in common: buttons to their pages, filters and rows, and the question what to search for."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardButton

from bot.actions import Action
from bot.buttons import Part, Row
from bot.conversation import Conversation
from bot.listing import LAST_OFFSET, Listing

IN_A_ROW = 3


def pages(talk: Conversation, action: Action, listing: Listing, *, size: int, has_more: bool) -> Row:
    """◀ page ▶, each only where it leads somewhere."""
    row: Row = []
    if listing.page:
        row.append(_to(talk, "◀", action, listing.at(listing.page - 1)))
    if listing.page or has_more:
        row.append(talk.button("p. {page}", Action.NOTHING, page=listing.page + 1))
    if has_more and (listing.page + 1) * size <= LAST_OFFSET:
        row.append(_to(talk, "▶", action, listing.at(listing.page + 1)))
    return row


def filters(
    talk: Conversation, action: Action, listing: Listing, texts: Sequence[str], *after: InlineKeyboardButton
) -> list[Row]:
    """A button for each filter but the one that is on, then those `after` them, three in a row."""
    made = [
        _to(talk, text, action, listing.of_kind(place)) for place, text in enumerate(texts) if place != listing.kind
    ]
    made += after
    return [made[start : start + IN_A_ROW] for start in range(0, len(made), IN_A_ROW)]


def cards(
    talk: Conversation, action: Action, listing: Listing, things: Sequence[Part], *, first: int, beside: int
) -> Row:
    """A button with its number for each row; its card leads back to here. `beside`: bytes that a thing takes."""
    place = listing.packed(talk.remembered, beside=beside)
    return [talk.buttons.button(str(number), action, thing, place) for number, thing in enumerate(things, first)]


def back(talk: Conversation, action: Action, listing: Listing) -> InlineKeyboardButton:
    """To the list that a card was opened from."""
    return _to(talk, talk.text("‹ Back to the list"), action, listing)


def _to(talk: Conversation, text: str, action: Action, listing: Listing) -> InlineKeyboardButton:
    return talk.buttons.button(text, action, listing.packed(talk.remembered))

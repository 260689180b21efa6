"""A card is in WB's trash, deleted, or has no photo any more: it does not sell."""

from servicekit.translation import msgid

from notifier.messages.card import card_kind, is_hidden
from notifier.messages.sample_card import sample_card

PREVIEW = (
    sample_card({"is_listed": True}, is_listed=False),
    sample_card({"photo": "https://basket-12.wbbasket.ru/1.webp"}, photo=None),
)

KIND = card_kind("card_hidden", "🙈", msgid("The item's card does not sell"), is_hidden, PREVIEW)

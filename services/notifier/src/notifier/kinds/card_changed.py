"""A card reads otherwise than before, or buyers see it again."""

from servicekit.translation import msgid

from notifier.messages.card import card_kind, is_changed
from notifier.messages.sample_card import sample_card

PREVIEW = (
    sample_card({"title": "Худи оверсайз, графит", "brand": "Ветер"}, brand="Северный ветер"),
    sample_card({"is_listed": False}),
)

KIND = card_kind("card_changed", "✏️", msgid("The item's card changed"), is_changed, PREVIEW)

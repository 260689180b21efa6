"""Cards in the seller's trash: absent from the lists of cards and prices, present in `get/cards/trash`."""

import json
from random import Random

from wbsim.catalogue import Product
from wbsim.orders import RowJson
from wbsim.shop import Shop
from wbsim.times import card_time

MOST_SHARE = 0.25
"""No more of a shop's cards than this goes to the trash by itself."""
_FIELDS = (
    "nmID",
    "vendorCode",
    "kizMarked",
    "subjectID",
    "subjectName",
    "photos",
    "wholesale",
    "sizes",
    "dimensions",
    "characteristics",
    "createdAt",
)


def trashed(shop: Shop) -> list[Product]:
    """The cards in the trash."""
    return [shop.products[nm_id] for nm_id in shop.trash]


def trash_row(shop: Shop, product: Product) -> RowJson:
    """A card in `get/cards/trash`, its photos under PHOTO_BASE: fewer fields than in the list, and `trashedAt`."""
    card = json.loads(product.body())
    row = {name: card[name] for name in _FIELDS if name in card}
    return row | {"trashedAt": card_time(shop.trash[product.nm_id])}


def truth(shop: Shop, now: float) -> list[RowJson]:
    """Every card in the trash."""
    return [trash_row(shop, product) for product in trashed(shop)]


def step(shop: Shop, rng: Random, at: float) -> None:
    """The seller throws a card away, or takes one back."""
    listed, thrown = shop.listed(), trashed(shop)
    may_throw = len(listed) > 1 and len(thrown) < MOST_SHARE * len(shop.products)
    if may_throw and (not thrown or rng.random() < 0.5):
        shop.throw_away(rng.choice(listed), at)
    elif thrown:
        shop.take_back(rng.choice(thrown), at)

"""Prices and discounts of goods, as the prices service lists them: those that orders are made at.

Orders have the price of the list, and its discount but for two percent either way, which WB's promotions take or give.
"""

from random import Random

from wbsim.catalogue import Product

CLUB_DISCOUNTS = (0, 3, 5, 8, 10)
PRICED_BY_SIZE = frozenset({"Обувь"})
"""Categories whose sizes may have prices of their own; no seller here makes use of it."""


def club_discounts(seed: int, products: list[Product]) -> dict[int, int]:
    """The discount of WB Club on each card, in percent, by nmID."""
    rng = Random(f"{seed} prices")
    return {product.nm_id: rng.choice(CLUB_DISCOUNTS) for product in products}

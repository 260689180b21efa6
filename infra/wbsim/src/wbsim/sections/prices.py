"""Prices of a shop as the prices service lists them, and how a seller changes one."""

from random import Random

from wbsim.catalogue import Product
from wbsim.orders import RowJson
from wbsim.prices import CLUB_DISCOUNTS, PRICED_BY_SIZE
from wbsim.shop import Shop


def goods_row(shop: Shop, product: Product) -> RowJson:
    """A card in `GET /api/v2/list/goods/filter`; prices in roubles, whole ones without a fraction."""
    club = shop.club_discounts[product.nm_id]
    discounted = product.price * (100 - product.discount)
    wholesale = product.card["wholesale"]
    thresholds = [
        {"minQuantity": level * wholesale["quantum"], "wholesaleDiscount": 5 * level, "level": level}
        for level in (1, 2)
        if wholesale["enabled"]
    ]
    row = {
        "nmID": product.nm_id,
        "vendorCode": product.vendor_code,
        "sizes": [
            {
                "sizeID": size.chrt_id,
                "price": product.price,
                "discountedPrice": _roubles(discounted),
                "clubDiscountedPrice": _roubles(round(discounted * (100 - club) / 100)),
                "techSizeName": size.tech_size,
            }
            for size in product.sizes
        ],
        "currencyIsoCode4217": shop.currency.code,
        "discount": product.discount,
        "clubDiscount": club,
        "editableSizePrice": product.kind.category in PRICED_BY_SIZE,
    }
    return row | ({"wholesaleDiscountThreshold": thresholds} if thresholds else {})


def truth(shop: Shop, now: float) -> list[RowJson]:
    """The goods of every card that is not in the trash."""
    return [goods_row(shop, product) for product in shop.listed()]


def step(shop: Shop, rng: Random, at: float) -> None:
    """The seller changes the price, the discount or the discount of WB Club of one card."""
    product = rng.choice(shop.listed())
    point = rng.random()
    if point < 0.4:
        moved = max(10, round(product.price * rng.uniform(0.8, 1.25) / 10) * 10)
        product.price = moved if moved != product.price else moved + 10
    elif point < 0.8:
        product.discount = rng.choice([discount for discount in range(5, 66) if discount != product.discount])
    else:
        old = shop.club_discounts[product.nm_id]
        shop.club_discounts[product.nm_id] = rng.choice([club for club in CLUB_DISCOUNTS if club != old])


def _roubles(kopecks: int) -> int | float:
    return kopecks / 100 if kopecks % 100 else kopecks // 100

"""One plausible change at a time in any part of a shop: what Life and `POST /_sim/step` are made of."""

from collections import Counter
from collections.abc import Callable
from random import Random

from wbsim.orders import Order
from wbsim.sections import adverts, claims, fbs, order_feed, prices, questions, reviews, tariffs, trash, warehouses
from wbsim.shop import Shop

Step = Callable[[Shop, Random, float], None]
"""Makes one change at a simulated moment (Unix seconds), or none where the shop's state offers none."""


def _orders(shop: Shop, rng: Random, at: float) -> None:
    """A new order, or an open one is cancelled or repriced."""
    point = rng.random()
    order = _any(shop, rng) if point < 0.4 else None
    if order is None:
        shop.place(at)
    elif point < 0.25:
        shop.cancel(order, at)
    else:
        shop.reprice(order, at)


def _sales(shop: Shop, rng: Random, at: float) -> None:
    """An open order is bought, or a bought one returned."""
    if shop.bought and rng.random() < 0.2:
        shop.give_back(next(iter(shop.bought.values())), at)
    else:
        shop.buy_out(_any(shop, rng) or shop.place(at), at)


def _stocks(shop: Shop, rng: Random, at: float) -> None:
    """A supply arrives for one size, or WB writes units off."""
    size = rng.choice([size for product in shop.products.values() for size in product.sizes])
    stock = shop.stocks[size.chrt_id]
    if stock.quantity and rng.random() < 0.5:
        stock.quantity -= rng.randrange(1, stock.quantity + 1)
    else:
        shop.supply(size, rng.randrange(1, 60))


def _cards(shop: Shop, rng: Random, at: float) -> None:
    """A card gets another title or loses or gains photos."""
    product = rng.choice(shop.listed())
    if rng.random() < 0.5:
        shop.edit(product, {"title": f"{rng.choice(product.kind.titles)}, {product.colour}, {rng.randrange(2, 9)}"}, at)
    else:
        shop.edit(product, {"photos": (product.photos + rng.randrange(1, 5)) % 6}, at)


def _any(shop: Shop, rng: Random) -> Order | None:
    """One of the open orders that have rested longest."""
    if not shop.open:
        return None
    place = rng.randrange(min(8, len(shop.open)))
    return next(order for number, order in enumerate(shop.open.values()) if number == place)


STEPS: dict[str, Step] = {
    "orders": _orders,
    "sales": _sales,
    "stocks": _stocks,
    "order_feed": order_feed.step,
    "fbs_orders": fbs.step,
    "fbs_statuses": fbs.status_step,
    "warehouses": warehouses.step,
    "seller_stocks": warehouses.stock_step,
    "cards": _cards,
    "cards_trash": trash.step,
    "prices": prices.step,
    "feedbacks": reviews.step,
    "questions": questions.step,
    "claims": claims.step,
    "tariffs_commission": tariffs.step_commission,
    "tariffs_box": tariffs.step_box,
    "tariffs_return": tariffs.step_return,
    "campaigns": adverts.step,
    "campaign_budgets": adverts.top_up,
}
"""How each section of a shop changes by itself; the names are those of `wbsim.truth.SECTIONS`."""


def take_steps(shop: Shop, rng: Random, at: float, *, section: str | None = None, count: int = 1) -> Counter[str]:
    """Make `count` changes at the simulated moment `at`, in one section or spread over all.

    Returns how many in each section.
    """
    made: Counter[str] = Counter()
    for _ in range(count):
        name = section or rng.choice(list(STEPS))
        STEPS[name](shop, rng, at)
        made[name] += 1
    return made

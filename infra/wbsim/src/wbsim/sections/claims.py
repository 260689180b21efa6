"""Claims of a shop: those that can be read, and how one comes or is decided."""

from collections.abc import Iterable, Iterator
from random import Random

from wbsim.claims import DECIDED_SHARE, claim_row, decide, make_claim
from wbsim.orders import Order, RowJson
from wbsim.shop import Shop


def truth(shop: Shop, now: float) -> list[RowJson]:
    """The claims of the last 14 days, waiting and in the archive."""
    return [claim_row(claim, now) for claim in shop.claims.readable(now)]


def step(shop: Shop, rng: Random, at: float) -> None:
    """A claim that waits is decided, or a buyer files one."""
    waiting = [claim for claim in shop.claims.readable(at) if claim.waits(at)]
    if waiting and rng.random() < DECIDED_SHARE:
        rng.choice(waiting).decision = decide(rng, at)
        return
    order = next(_without_claim(shop, reversed(shop.bought.values())), None)
    if order is None:
        order = shop.place(at)
        shop.buy_out(order, at)
    title = shop.products[order.nm_id].title
    shop.claims.of[order.srid] = make_claim(rng, order, title, order.changed_at, at, shop.currency)


def _without_claim(shop: Shop, orders: Iterable[Order]) -> Iterator[Order]:
    return (order for order in orders if order.srid not in shop.claims.of)

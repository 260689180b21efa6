"""The sales funnel of a shop: what each card came to on each day."""

from zlib import crc32

from wbsim.funnel import (
    CARTS_PER_ORDER,
    HISTORY_DAYS,
    OPENS_PER_ORDER,
    TICK_SECONDS,
    Visits,
    date_of,
    day_of,
    fates,
    midnight_of,
    percent,
)
from wbsim.orders import RowJson
from wbsim.shop import Shop
from wbsim.times import DAY_SECONDS


def visits(shop: Shop, nm_id: int, day: int, now: float) -> Visits:
    """How often a card was seen on a day, as known at a moment."""
    seen = min(1.0, max(0.0, now - midnight_of(day)) // TICK_SECONDS * TICK_SECONDS / DAY_SECONDS)
    chance = crc32(f"{shop.funnel.seed} {nm_id} {day}".encode())
    ordered = len(shop.funnel.orders(nm_id, day, now))
    opens = int((20 + chance % 180) * seen)
    carts = opens * (4 + (chance >> 8) % 11) // 100
    wishes = opens * ((chance >> 16) % 6) // 100
    return Visits(opens + ordered * OPENS_PER_ORDER, carts + ordered * CARTS_PER_ORDER, wishes)


def history_row(shop: Shop, nm_id: int, days: range, now: float) -> RowJson:
    """One entry of `products/history`: a day, or several taken together, dated by the first."""
    seen = [visits(shop, nm_id, day, now) for day in days]
    opens, carts, wishes = (sum(numbers) for numbers in zip(*seen, strict=True))
    made = fates((order for day in days for order in shop.funnel.orders(nm_id, day, now)), now)
    return {
        "date": date_of(days[0]),
        "openCount": opens,
        "cartCount": carts,
        "orderCount": made.orders,
        "orderSum": made.order_sum,
        "buyoutCount": made.buyouts,
        "buyoutSum": made.buyout_sum,
        "buyoutPercent": made.buyout_percent,
        "addToCartConversion": percent(carts, opens),
        "cartToOrderConversion": percent(made.orders, carts),
        "addToWishlistCount": wishes,
    }


def is_missing(shop: Shop, nm_id: int, day: int, now: float) -> bool:
    """Whether WB leaves out the card's day at the moment, as the behaviour has it; the same days each time."""
    share = shop.behaviour.funnel_gap_share
    drawn = crc32(f"{shop.funnel.seed} gap {nm_id} {day}".encode()) / 2**32
    return drawn < share and now < midnight_of(day) + shop.behaviour.funnel_gap_seconds


def truth(shop: Shop, now: float) -> list[RowJson]:
    """Each of the last seven days of every card that is not in the trash, with its `nmId` and `day`."""
    today = day_of(now)
    return [
        {"nmId": product.nm_id, "day": date_of(day)} | history_row(shop, product.nm_id, range(day, day + 1), now)
        for product in shop.listed()
        for day in range(today - HISTORY_DAYS + 1, today + 1)
    ]

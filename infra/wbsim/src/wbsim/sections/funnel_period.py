"""A card's funnel over a period, and against another period, as `sales-funnel/products` answers it."""

from collections.abc import Iterable, Iterator
from typing import Any
from zlib import crc32

from wbsim.catalogue import Product
from wbsim.funnel import Fates, date_of, fates, percent, product_head
from wbsim.orders import Order, RowJson
from wbsim.sections.funnel import visits
from wbsim.shop import Shop

ORDER_FIELDS = {
    "openCard": "openCount",
    "addToCart": "cartCount",
    "stockMpQty": "mp",
    "stockWbQty": "wb",
}
"""Names by which cards are sorted, where a card's figure is called otherwise."""
SORTED_BY = (
    *ORDER_FIELDS,
    "orderCount",
    "orderSum",
    "buyoutCount",
    "buyoutSum",
    "cancelCount",
    "cancelSum",
    "avgPrice",
    "shareOrderPercent",
    "addToWishlist",
    "timeToReady",
    "localizationPercent",
    "wbClub.orderCount",
    "wbClub.orderSum",
    "wbClub.buyoutSum",
    "wbClub.cancelSum",
    "wbClub.buyoutCount",
    "wbClub.avgPrice",
    "wbClub.buyoutPercent",
    "wbClub.avgOrderCountPerDay",
    "wbClub.cancelCount",
)


def product_rows(shop: Shop, products: list[Product], selected: range, past: range | None, now: float) -> list[RowJson]:
    """The cards with their figures of one period of days, and where a second is given, of it and the change since."""
    now_by_card = _statistics(shop, products, selected, now)
    then_by_card = _statistics(shop, products, past, now) if past else {}
    stars = _stars(shop)
    rows = []
    for product in products:
        statistic: RowJson = {"selected": now_by_card[product.nm_id]}
        if past:
            then = then_by_card[product.nm_id]
            statistic |= {"past": then, "comparison": _comparison(statistic["selected"], then)}
        rows.append({"product": _card(shop, product, stars), "statistic": statistic})
    return rows


def sorting_figure(row: RowJson, field: str) -> Any:
    """What a row of `product_rows` is sorted by; `field` is one of SORTED_BY."""
    selected, outer = row["statistic"]["selected"], field.removeprefix("wbClub.")
    if outer != field:
        return selected["wbClub"][outer]
    if field in {"stockMpQty", "stockWbQty"}:
        return row["product"]["stocks"][ORDER_FIELDS[field]]
    figure = selected[ORDER_FIELDS.get(field, field)]
    return (figure["days"], figure["hours"], figure["mins"]) if field == "timeToReady" else figure


def _statistics(shop: Shop, products: list[Product], days: range, now: float) -> dict[int, RowJson]:
    orders = {
        product.nm_id: [order for day in days for order in shop.funnel.orders(product.nm_id, day, now)]
        for product in products
    }
    figures = {nm_id: _figures(shop, nm_id, ordered, days, now) for nm_id, ordered in orders.items()}
    revenue = sum(figure["orderSum"] for figure in figures.values())
    for figure in figures.values():
        figure["shareOrderPercent"] = round(100 * figure["orderSum"] / revenue, 2) if revenue else 0
    return figures


def _figures(shop: Shop, nm_id: int, ordered: list[Order], days: range, now: float) -> RowJson:
    seen = [visits(shop, nm_id, day, now) for day in days]
    opens, carts, wishes = (sum(numbers) for numbers in zip(*seen, strict=True))
    made, in_club = fates(ordered, now), fates(_club(ordered), now)
    return {
        "period": {"start": date_of(days[0]), "end": date_of(days[-1])},
        "openCount": opens,
        "cartCount": carts,
        **_counts(made),
        "avgPrice": made.average_price,
        "avgOrdersCountPerDay": round(made.orders / len(days), 2),
        "shareOrderPercent": 0,
        "addToWishlist": wishes,
        "timeToReady": _duration(made.ready_seconds / made.buyouts if made.buyouts else 0),
        "localizationPercent": 100,
        "wbClub": {
            **_counts(in_club),
            "avgPrice": in_club.average_price,
            "buyoutPercent": in_club.buyout_percent,
            "avgOrderCountPerDay": round(in_club.orders / len(days), 2),
        },
        "conversions": {
            "addToCartPercent": percent(carts, opens),
            "cartToOrderPercent": percent(made.orders, carts),
            "buyoutPercent": made.buyout_percent,
        },
    }


def _counts(made: Fates) -> RowJson:
    return {
        "orderCount": made.orders,
        "orderSum": made.order_sum,
        "buyoutCount": made.buyouts,
        "buyoutSum": made.buyout_sum,
        "cancelCount": made.cancels,
        "cancelSum": made.cancel_sum,
    }


def _comparison(now: RowJson, then: RowJson) -> RowJson:
    """How each figure has moved, in percent of what it was."""
    plain = (
        "openCount",
        "cartCount",
        "orderCount",
        "orderSum",
        "buyoutCount",
        "buyoutSum",
        "cancelCount",
        "cancelSum",
        "avgOrdersCountPerDay",
        "avgPrice",
        "shareOrderPercent",
        "addToWishlist",
    )
    earlier, later = _seconds(then["timeToReady"]), _seconds(now["timeToReady"])
    return {
        **{f"{name}Dynamic": _moved(now[name], then[name]) for name in plain},
        "timeToReadyDynamic": _duration(abs(later - earlier)),
        "localizationPercentDynamic": 0,
        "wbClubDynamic": {name: _moved(value, then["wbClub"][name]) for name, value in now["wbClub"].items()},
        "conversions": {name: value - then["conversions"][name] for name, value in now["conversions"].items()},
    }


def _moved(now: float, then: float) -> int:
    return round(100 * (now - then) / then) if then else 100 * (now > 0)


def _duration(seconds: float) -> RowJson:
    minutes = int(seconds) // 60
    return {"days": minutes // 1_440, "hours": minutes // 60 % 24, "mins": minutes % 60}


def _seconds(duration: RowJson) -> int:
    return 60 * int(duration["days"] * 1_440 + duration["hours"] * 60 + duration["mins"])


def _club(orders: Iterable[Order]) -> Iterator[Order]:
    """Those of buyers in WB Club: every tenth, by its id."""
    return (order for order in orders if crc32(order.srid.encode()) % 10 == 0)


def _card(shop: Shop, product: Product, stars: dict[int, list[int]]) -> RowJson:
    units = sum(shop.stocks[size.chrt_id].quantity for size in product.sizes)
    own = sum(
        warehouse.stock.get(size.chrt_id, 0) for warehouse in shop.warehouses.of.values() for size in product.sizes
    )
    given = stars.get(product.nm_id, [])
    return product_head(product) | {
        "tags": [{"id": tag["id"], "name": tag["name"]} for tag in product.card["tags"]],
        "productRating": min(10.0, 6.5 + 0.7 * product.photos),
        "feedbackRating": round(sum(given) / len(given), 1) if given else 0,
        "stocks": {"wb": units, "mp": own, "balanceSum": units + own},
    }


def _stars(shop: Shop) -> dict[int, list[int]]:
    stars: dict[int, list[int]] = {}
    for feedback in shop.feedbacks:
        stars.setdefault(feedback.nm_id, []).append(feedback.row["productValuation"])
    return stars

"""What a perfect client would hold now, by section: the rows of a shop exactly as its methods answer them."""

import json
from collections.abc import Callable
from functools import partial

from wbsim.endpoints.analytics import stock_row
from wbsim.endpoints.statistics import KEPT_DAYS
from wbsim.orders import RowJson
from wbsim.sections import (
    adverts,
    claims,
    fbs,
    finance,
    funnel,
    order_feed,
    prices,
    questions,
    remains,
    reviews,
    tariffs,
    trash,
    warehouses,
)
from wbsim.shop import Shop
from wbsim.times import DAY_SECONDS


def _orders(shop: Shop, now: float) -> list[RowJson]:
    """`supplier/orders`: the newest version of every paid order of the last 90 days, answered already or not."""
    return [order.row for order in shop.orders.values() if order.paid and _kept(order.placed_at, now)]


def _sales(shop: Shop, now: float) -> list[RowJson]:
    """`supplier/sales`: the newest version of every sale and return of the last 90 days."""
    return [sale.row for sale in shop.sales.values() if _kept(sale.made_at, now)]


def _stocks(shop: Shop, now: float) -> list[RowJson]:
    """`stocks-report/wb-warehouses`: one row for each size."""
    return [stock_row(chrt_id, stock) for chrt_id, stock in shop.stocks.items()]


def _cards(shop: Shop, now: float) -> list[RowJson]:
    """`get/cards/list`: every card that is not in the trash, its photos under PHOTO_BASE."""
    return [json.loads(product.body()) for product in shop.listed()]


def _kept(made_at: float, now: float) -> bool:
    return int(made_at) >= now - KEPT_DAYS * DAY_SECONDS


SECTIONS: dict[str, Callable[[Shop, float], list[RowJson]]] = {
    "orders": _orders,
    "sales": _sales,
    "stocks": _stocks,
    "order_feed": order_feed.truth,
    "fbs_orders": fbs.truth,
    "fbs_statuses": fbs.statuses_truth,
    "warehouses": warehouses.truth,
    "offices": warehouses.offices_truth,
    "seller_stocks": warehouses.stocks_truth,
    "warehouse_remains": remains.truth,
    "cards": _cards,
    "cards_trash": trash.truth,
    "prices": prices.truth,
    "feedbacks": reviews.truth,
    "questions": questions.truth,
    "claims": claims.truth,
    "tariffs_commission": tariffs.commission_truth,
    "tariffs_box": tariffs.box_truth,
    "tariffs_return": tariffs.return_truth,
    "funnel": funnel.truth,
    "finance": finance.truth,
    "finance_daily": partial(finance.truth, period="daily"),
    "campaigns": adverts.campaigns_truth,
    "campaign_stats": adverts.stats_truth,
    "campaign_budgets": adverts.budgets_truth,
    "campaign_spend": adverts.spend_truth,
    "advert_balance": adverts.balance_truth,
}
"""The rows a client should hold at a simulated moment (Unix seconds), by section."""

"""Where wbsim has the truth of each resource, and how those rows lie in an answer of WB."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Answer = Callable[[list[dict[str, Any]]], Any]


@dataclass(frozen=True)
class Told:
    """Where the truth of a resource is found, and how its rows lie in an answer of WB.

    `older`: the table keeps rows that WB does not answer any more, and that are not gone. `unsaid`: columns that come
    from elsewhere in the answer.
    """

    section: str
    answer: Answer = list
    older: bool = False
    cabinet: str = "personal"
    unsaid: frozenset[str] = frozenset()


def under(*names: str) -> Answer:
    """The rows under a path of names."""

    def answer(found: list[dict[str, Any]]) -> Any:
        body: Any = found
        for name in reversed(names):
            body = {name: body}
        return body

    return answer


def _funnel(found: list[dict[str, Any]]) -> Any:
    return [
        {"product": {"nmId": row["nmId"]}, "history": [{**row, "date": row["day"]}], "currency": "RUB"} for row in found
    ]


def _stats(found: list[dict[str, Any]]) -> Any:
    return [
        {
            "advertId": row["advertId"],
            "days": [{"date": row["date"], "apps": [{"appType": row["appType"], "nms": [row]}]}],
            "boosterStats": [],
        }
        for row in found
    ]


OF_ALL_TARIFFS = frozenset({"currency", "dt_next", "dt_till_max", "dt_next_box", "dt_next_deliver"})
TOLD = {
    "orders": Told("orders", older=True),  # the order feed has unpaid ones
    "order_feed": Told(
        "order_feed",
        lambda found: {"data": {"snapshotTime": "2026-11-21T10:00:00Z", "orders": found}},
        older=True,
        cabinet="feed",
        unsaid=frozenset({"currency"}),
    ),
    "sales": Told("sales"),
    "products": Told("cards", lambda found: {"cards": found, "cursor": {"total": len(found)}}),
    "prices": Told("prices", under("data", "listGoods")),
    "stocks": Told("stocks", under("data", "items")),
    "stock_remains": Told("warehouse_remains", cabinet="base"),
    "seller_stocks": Told("seller_stocks", under("data", "items")),
    "warehouses": Told("warehouses"),
    "offices": Told("offices"),
    "fbs_orders": Told("fbs_orders", lambda found: {"next": 0, "orders": found}),
    "fbs_statuses": Told("fbs_statuses", under("orders")),
    "feedbacks": Told("feedbacks", under("data", "feedbacks"), older=True),
    "questions": Told("questions", under("data", "questions"), older=True),
    "claims": Told("claims", under("claims"), older=True),
    "tariffs_commission": Told("tariffs_commission", under("report")),
    "tariffs_box": Told("tariffs_box", under("response", "data", "warehouseList"), unsaid=OF_ALL_TARIFFS),
    "tariffs_return": Told("tariffs_return", under("response", "data", "warehouseList"), unsaid=OF_ALL_TARIFFS),
    "funnel": Told("funnel", _funnel, older=True, unsaid=frozenset({"currency"})),
    "finance": Told("finance"),
    "campaigns": Told("campaigns", under("adverts")),
    "campaign_bids": Told("campaigns", under("adverts")),
    "campaign_stats": Told("campaign_stats", _stats, older=True, unsaid=frozenset({"avg_position"})),
    "campaign_spend": Told("campaign_spend", older=True),
    "campaign_budgets": Told("campaign_budgets", under("adverts")),
    "advert_balance": Told("advert_balance", lambda found: found[0]),
}
SAME_ROWS_AS = {"fbs_new_orders": "fbs_orders"}

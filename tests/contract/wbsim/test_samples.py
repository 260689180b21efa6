"""Every key of WB's own examples is one that the simulator's answers have, or stands here with the reason."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from support.wb_contract import sample
from wbsim.config import Behaviour
from wbsim.running import Wbsim, running_wbsim

ANSWERED = "/api/v1/feedbacks?take=5000&skip=0&isAnswered=true"
FEED = {
    "selectedPeriod": {"start": (datetime.now(UTC) - timedelta(days=30)).isoformat()},
    "pagination": {"limit": 10_000},
}
ASKED: dict[str, tuple[str, str, Any]] = {
    "ping": ("GET", "/ping", None),
    "seller_info": ("GET", "/api/v1/seller-info", None),
    "statistics_orders": ("GET", "/api/v1/supplier/orders?dateFrom=2026-01-01", None),
    "statistics_sales": ("GET", "/api/v1/supplier/sales?dateFrom=2026-01-01", None),
    "cards_list": ("POST", "/content/v2/get/cards/list", {"settings": {"cursor": {"limit": 100}}}),
    "stocks_wb_warehouses": ("POST", "/api/analytics/v1/stocks-report/wb-warehouses", {}),
    "feedbacks": ("GET", ANSWERED, None),
    "order_feed": ("POST", "/api/analytics/v1/order-feed", FEED),
    "stocks_seller_warehouses": ("POST", "/api/analytics/v1/stocks-report/seller-warehouses", {}),
    "seller_warehouses": ("GET", "/api/v3/warehouses", None),
    "fbs_orders": ("GET", "/api/v3/orders?limit=1000&next=0", None),
    "fbs_orders_new": ("GET", "/api/v3/orders/new", None),
}
DIFFERENCES = {
    "fbs_orders_new": {
        f".orders[].{key}": "only tasks of oversized goods have it, and the simulator has none"
        for key in ("ddate", "sellerDate")
    },
    "cards_list": {".cards[].video": "no product of the simulator has a video"},
    "feedbacks": {
        f".data.feedbacks[].video.{key}": "no buyer of the simulator sends a video; the field is null"
        for key in ("previewImage", "link", "durationSec")
    },
}


@pytest.fixture(scope="module")
async def wb() -> AsyncIterator[Wbsim]:
    behaviour = Behaviour(fbs_share=0.3)
    async with running_wbsim(products=60, history_orders=1_000, behaviour=behaviour) as running:
        await running.step(section="fbs_orders")
        yield running


def paths(value: Any, at: str = "") -> Iterator[str]:
    """Every key path of a JSON value, list places left out."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield f"{at}.{key}"
            yield from paths(item, f"{at}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from paths(item, f"{at}[]")


@pytest.mark.parametrize("name", ASKED)
async def test_the_simulator_answers_every_key_of_the_example(name: str, wb: Wbsim) -> None:
    verb, path, body = ASKED[name]
    headers = {"Authorization": await wb.token()}
    async with httpx.AsyncClient(base_url=wb.url, headers=headers) as http:
        answered = set(paths((await http.request(verb, path, json=body)).raise_for_status().json()))
    assert set(paths(sample(name))) - answered == set(DIFFERENCES.get(name, {}))

"""`GET /ping` of every host and `GET /api/v1/seller-info`."""

import json

from wbsim import limits
from wbsim.methods import Answer, Call, Method
from wbsim.times import moscow_with_offset


async def ping(call: Call) -> Answer:
    """The host is reachable and the token fits it."""
    return _one({"TS": moscow_with_offset(call.now), "Status": "OK"})


async def seller_info(call: Call) -> Answer:
    """Who the token belongs to."""
    shop = call.shop
    country = shop.currency.country
    return _one({"name": shop.name, "sid": shop.sid, "tin": shop.tin, "tradeMark": "Лесной двор", "country": country})


def _one(body: dict[str, str]) -> Answer:
    return Answer(head=json.dumps(body, ensure_ascii=False).encode(), tail=b"")


METHODS = (
    Method("GET", "/ping", None, limits.PING, ping),
    Method("GET", "/api/v1/seller-info", "common-api", limits.SELLER_INFO, seller_info),
)

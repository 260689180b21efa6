"""The truth: what happened in the simulated world, to compare with what a client made of it."""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wbsim.catalogue import PHOTO_BASE
from wbsim.control.bodies import BadControl, controlled, shop_of, whole_number, world_of
from wbsim.feed import Version
from wbsim.orders import serialise
from wbsim.shop import Shop
from wbsim.truth import SECTIONS

PAGE = 10_000


async def truth(request: Request) -> Response:
    """`GET /_sim/truth?sid=`: one seller's orders with their versions, sales, products, stocks, damaged rows."""
    shop = shop_of(request, request.query_params.get("sid"))
    damaged = [asdict(damage) for damage in world_of(request).faults.damaged]
    return JSONResponse(_truth(shop) | {"damaged": damaged})


async def section(request: Request) -> Response:
    """`GET /_sim/truth/{section}?sid=`: `{"rows": […]}`, what a perfect client of that seller would hold now.

    The rows have exactly the shape in which their method answers them.
    """
    name = request.path_params["section"]
    if name not in SECTIONS:
        raise BadControl(f"no section {name}; there are {', '.join(SECTIONS)}", 404)
    shop = shop_of(request, request.query_params.get("sid"))
    rows = SECTIONS[name](shop, world_of(request).clock.now())
    base = str(request.base_url).rstrip("/").encode()
    return Response(
        b'{"rows":' + serialise(rows).replace(PHOTO_BASE.encode(), base) + b"}", media_type="application/json"
    )


async def changes(request: Request) -> Response:
    """`GET /_sim/changes?since_seq=&limit=&sid=`: order-row versions made after the start, oldest first.

    `next_seq` is the number to ask from next; versions already listed may get their `served_at` later.
    """
    since, limit = whole_number(request, "since_seq", 0), whole_number(request, "limit", PAGE)
    world = world_of(request)
    listed = world.changes_since(since, request.query_params.get("sid"), limit)
    return JSONResponse({"changes": listed, "next_seq": min(since + limit, len(world.changes))})


async def request_counts(request: Request) -> Response:
    """`GET /_sim/requests/counts`: how many requests each method has had, by status; `overdrawn`: too early."""
    world = world_of(request)
    counted = world.counted
    rows = [{"path": path, "status": status, "count": count} for (path, status), count in sorted(counted.items())]
    return JSONResponse({"counts": rows, "overdrawn": sum(world.overdrawn.values())})


async def requests(request: Request) -> Response:
    """`GET /_sim/requests?since=`: requests to WB methods numbered above `since`; the last 20,000 are kept."""
    since = whole_number(request, "since", 0)
    kept = world_of(request).requests
    return JSONResponse({"requests": [asdict(received) for received in kept if received.seq > since]})


async def webhooks(request: Request) -> Response:
    """`GET /_sim/webhooks`: those that are there, how many events of each wait, and every request that was made."""
    rows = [
        {
            "id": webhook.id,
            "sid": webhook.sid,
            "url": webhook.url,
            "waiting": len(webhook.waiting),
            "attempts": [asdict(attempt) for attempt in webhook.attempts],
        }
        for webhook in world_of(request).webhooks.values()
    ]
    return JSONResponse({"webhooks": rows})


def _truth(shop: Shop) -> dict[str, Any]:
    return {
        "sid": shop.sid,
        "orders": [
            {
                "srid": order.srid,
                "nm_id": order.nm_id,
                "chrt_id": order.chrt_id,
                "state": order.state,
                "row": order.row,
                "versions": _versions(order.versions),
            }
            for order in shop.orders.values()
        ],
        "sales": [
            {
                "sale_id": sale.sale_id,
                "srid": sale.srid,
                "row": sale.row,
                "versions": _versions(sale.versions),
            }
            for sale in shop.sales.values()
        ],
        "products": [
            {
                "nm_id": product.nm_id,
                "title": product.title,
                "brand": product.brand,
                "vendor_code": product.vendor_code,
                "price": product.price,
                "discount": product.discount,
                "photos": product.photos,
                "sizes": [asdict(size) for size in product.sizes],
            }
            for product in shop.products.values()
        ],
        "stocks": [{"chrt_id": chrt_id} | asdict(stock) for chrt_id, stock in shop.stocks.items()],
        "feedbacks": [feedback.row for feedback in shop.feedbacks],
        "writes": [asdict(write) for write in shop.answers.writes],
    }


def _versions(versions: list[Version]) -> list[dict[str, Any]]:
    return [
        {
            "version": version.number,
            "kind": version.kind,
            "changed_at": version.changed_at,
            "visible_at": version.visible_at,
            "served_at": version.served_at,
        }
        for version in versions
    ]


ROUTES = [
    Route("/_sim/truth", controlled(truth), methods=["GET"]),
    Route("/_sim/truth/{section}", controlled(section), methods=["GET"]),
    Route("/_sim/changes", controlled(changes), methods=["GET"]),
    Route("/_sim/webhooks", controlled(webhooks), methods=["GET"]),
    Route("/_sim/requests/counts", controlled(request_counts), methods=["GET"]),
    Route("/_sim/requests", controlled(requests), methods=["GET"]),
]

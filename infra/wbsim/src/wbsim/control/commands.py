"""Making and changing orders, cards and stock by hand, and how the simulator behaves."""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wbsim import checks
from wbsim.control.bodies import BadControl, controlled, kept_shop_of, read_body, world_of
from wbsim.orders import Order
from wbsim.shop import Impossible, Shop
from wbsim.validation import boolean, integer, nullable, number, one_of, text


async def place_orders(request: Request) -> Response:
    """`POST /_sim/orders {sid?, count?, nm_id?}`: new orders, now."""
    body = await read_body(request, {"sid": nullable(text), **checks.ORDERS})
    shop = kept_shop_of(request, body.get("sid"))
    placed = [shop.place(shop.clock.now(), body.get("nm_id")) for _ in range(body.get("count", 1))]
    return JSONResponse({"orders": [_order(shop, order) for order in placed]}, 201)


async def change_order(request: Request) -> Response:
    """`POST /_sim/orders/{srid}/change {kind, sid?}`: cancel, buyout, return, price or pay; 409 where it cannot be."""
    fields = {"sid": nullable(text), "kind": one_of("cancel", "buyout", "return", "price", "pay")}
    body = await read_body(request, fields, "kind")
    if body.get("sid"):
        kept_shop_of(request, body["sid"])
    shop, order = _find(request)
    now = shop.clock.now()
    sale = None
    if body["kind"] == "cancel":
        shop.cancel(order, now)
    elif body["kind"] == "buyout":
        sale = shop.buy_out(order, now)
    elif body["kind"] == "return":
        sale = shop.give_back(order, now)
    elif body["kind"] == "pay":
        shop.pay(order, now)
    else:
        shop.reprice(order, now)
    return JSONResponse(_order(shop, order) | ({"sale_id": sale.sale_id} if sale else {}))


async def change_product(request: Request) -> Response:
    """`POST /_sim/products/{nm_id} {title?, brand?, vendor_code?, price?, discount?, photos?, trashed?, sid?}`.

    `trashed` puts the card into the trash or takes it back; 409 for the last one left.
    """
    fields = {
        "sid": nullable(text),
        "title": text,
        "brand": text,
        "vendor_code": text,
        "price": integer(1),
        "discount": integer(0, 99),
        "photos": integer(0, 30),
        "trashed": boolean,
    }
    body = await read_body(request, fields)
    shop = kept_shop_of(request, body.pop("sid", None))
    product = shop.products.get(request.path_params["nm_id"])
    if product is None:
        raise BadControl(f"no product {request.path_params['nm_id']}", 404)
    now, trashed = shop.clock.now(), body.pop("trashed", None)
    if trashed is not None:
        (shop.throw_away if trashed else shop.take_back)(product, now)
    if body or trashed is None:
        shop.edit(product, body, now)
    return JSONResponse({"nm_id": product.nm_id, "title": product.title, "updated_at": product.updated_at})


async def change_stock(request: Request) -> Response:
    """`POST /_sim/stocks {chrt_id, quantity, sid?}`: what the warehouse holds from now on."""
    fields = {"sid": nullable(text), "chrt_id": integer(), "quantity": integer(0)}
    body = await read_body(request, fields, "chrt_id", "quantity")
    stock = kept_shop_of(request, body.get("sid")).stocks.get(body["chrt_id"])
    if stock is None:
        raise BadControl(f"no size {body['chrt_id']}", 404)
    stock.quantity = body["quantity"]
    return JSONResponse({"chrt_id": body["chrt_id"]} | asdict(stock))


async def change_settings(request: Request) -> Response:
    """`POST /_sim/settings {…Behaviour}`: how the simulator behaves from now on."""
    behaviour = world_of(request).behaviour
    behaviour.change(await read_body(request, checks.BEHAVIOUR))
    return JSONResponse(asdict(behaviour))


async def change_clock(request: Request) -> Response:
    """`POST /_sim/clock {speed}`: simulated seconds for each real one from now on; 0 stops simulated time."""
    body = await read_body(request, {"speed": number(0)}, "speed")
    clock = world_of(request).clock
    clock.run_at(body["speed"])
    return JSONResponse({"speed": clock.speed, "now": clock.now()})


def _find(request: Request) -> tuple[Shop, Order]:
    srid = request.path_params["srid"]
    for shop in world_of(request).shops.values():
        if srid in shop.orders:
            return shop, shop.orders[srid]
    raise Impossible(f"no order {srid}")


def _order(shop: Shop, order: Order) -> dict[str, Any]:
    newest = order.versions[-1] if order.versions else None  # no row yet: the order is unpaid
    return {
        "sid": shop.sid,
        "srid": order.srid,
        "nm_id": order.nm_id,
        "chrt_id": order.chrt_id,
        "state": order.state,
        "version": newest.number if newest else 0,
        "changed_at": newest.changed_at if newest else None,
        "visible_at": newest.visible_at if newest else None,
        "row": order.row,
    }


ROUTES = [
    Route("/_sim/orders", controlled(place_orders), methods=["POST"]),
    Route("/_sim/orders/{srid}/change", controlled(change_order), methods=["POST"]),
    Route("/_sim/products/{nm_id:int}", controlled(change_product), methods=["POST"]),
    Route("/_sim/stocks", controlled(change_stock), methods=["POST"]),
    Route("/_sim/settings", controlled(change_settings), methods=["POST"]),
    Route("/_sim/clock", controlled(change_clock), methods=["POST"]),
]

"""Sellers, their tokens and their buyers."""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wbsim import checks
from wbsim.buyers import Buyers, Crowd
from wbsim.control.bodies import BadControl, controlled, kept_shop_of, read_body, shop_of, world_of
from wbsim.shop import Shop
from wbsim.stepping import take_steps
from wbsim.validation import nullable, text


async def health(request: Request) -> Response:
    """`GET /_sim/health`: ready, with the clock."""
    world = world_of(request)
    return JSONResponse({"status": "ok", "now": world.clock.now(), "real_now": world.clock.real_now()})


async def add_seller(request: Request) -> Response:
    """`POST /_sim/sellers {name?, seed?, products?, history_orders?, history_days?, currency?}`."""
    body = await read_body(request, checks.SELLER)
    world = world_of(request)
    shop = world.add_seller(**body)
    crowd: Crowd = request.app.state.crowd
    crowd.welcome(shop, world.fates[shop.sid], seed=world.config.seed)
    return JSONResponse(_seller(shop), 201)


async def let_lots(request: Request) -> Response:
    """`POST /_sim/lots {count, first_seed?, products?, history_orders?, history_days?, currency?, kind?, categories?}`.

    So many sellers at once, each with a token; their shops are made when they are asked for.
    """
    body = await read_body(request, {**checks.LOTS, **checks.TOKEN}, "count")
    world = world_of(request)
    asked = {name: body.pop(name) for name in checks.TOKEN if name in body}
    sids = world.let(**body)
    return JSONResponse({"sellers": [{"sid": sid, "token": world.issue_token(sid, **asked)} for sid in sids]}, 201)


async def list_sellers(request: Request) -> Response:
    """`GET /_sim/sellers`: those whose shops are kept, and how many others there are."""
    world = world_of(request)
    return JSONResponse({"sellers": [_seller(shop) for shop in world.shops.values()], "lots": len(world.lots)})


async def change_seller(request: Request) -> Response:
    """`POST /_sim/sellers/{sid} {payment_required?, global_gate?}`."""
    shop = kept_shop_of(request, request.path_params["sid"])
    shop.stand(**await read_body(request, checks.STANDING))
    return JSONResponse(_seller(shop))


async def add_token(request: Request) -> Response:
    """`POST /_sim/tokens {sid?, kind?, categories?, expires_in_s?, read_only?}`; may be expired already."""
    body = await read_body(request, {"sid": nullable(text), **checks.TOKEN})
    sid = shop_of(request, body.pop("sid", None)).sid
    return JSONResponse({"token": world_of(request).issue_token(sid, **body), "sid": sid}, 201)


async def withdraw_token(request: Request) -> Response:
    """`POST /_sim/tokens/withdraw {token}`: its seller has replaced it, and WB refuses it from now on."""
    body = await read_body(request, {"token": text}, "token")
    world_of(request).withdrawn.add(body["token"])
    return Response(status_code=204)


async def change_life(request: Request) -> Response:
    """`POST /_sim/life {sid?, …Life}`: change how the buyers behave; rates of 0 stop them."""
    body = await read_body(request, {"sid": nullable(text), **checks.LIFE})
    buyers = request.app.state.crowd.of[kept_shop_of(request, body.pop("sid", None)).sid]
    try:
        buyers.change(body)
    except ValueError as error:
        raise BadControl(str(error)) from None
    return JSONResponse(_life(buyers))


async def step(request: Request) -> Response:
    """`POST /_sim/step {section?, count?, sid?}`: changes made now, in one section or spread over all."""
    body = await read_body(request, {"sid": nullable(text), **checks.STEP})
    shop = kept_shop_of(request, body.get("sid"))
    buyers: Buyers = request.app.state.crowd.of[shop.sid]
    made = take_steps(shop, buyers.step_rng, shop.clock.now(), section=body.get("section"), count=body.get("count", 1))
    return JSONResponse({"made": made}, 201)


async def show_life(request: Request) -> Response:
    """`GET /_sim/life?sid=`: how the buyers behave and what they have done."""
    shop = kept_shop_of(request, request.query_params.get("sid"))
    return JSONResponse(_life(request.app.state.crowd.of[shop.sid]))


def _life(buyers: Buyers) -> dict[str, Any]:
    return {"sid": buyers.shop.sid} | asdict(buyers.life) | {"made": buyers.progress(), "steps": buyers.steps}


def _seller(shop: Shop) -> dict[str, Any]:
    return {
        "sid": shop.sid,
        "name": shop.name,
        "products": len(shop.products),
        "orders": len(shop.orders),
        "payment_required": shop.payment_required,
        "global_gate": shop.global_gate,
    }


ROUTES = [
    Route("/_sim/health", controlled(health), methods=["GET"]),
    Route("/_sim/sellers", controlled(add_seller), methods=["POST"]),
    Route("/_sim/sellers", controlled(list_sellers), methods=["GET"]),
    Route("/_sim/sellers/{sid}", controlled(change_seller), methods=["POST"]),
    Route("/_sim/lots", controlled(let_lots), methods=["POST"]),
    Route("/_sim/tokens/withdraw", controlled(withdraw_token), methods=["POST"]),
    Route("/_sim/tokens", controlled(add_token), methods=["POST"]),
    Route("/_sim/life", controlled(change_life), methods=["POST"]),
    Route("/_sim/life", controlled(show_life), methods=["GET"]),
    Route("/_sim/step", controlled(step), methods=["POST"]),
]

"""Sellers, their tokens and their buyers."""

import time
from dataclasses import asdict, fields, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wbsim.buyers import Buyers, Crowd, Life
from wbsim.control.bodies import BadControl, controlled, read_body, shop_of, world_of
from wbsim.hosts import CATEGORY_BITS
from wbsim.shop import Shop
from wbsim.stepping import STEPS, take_steps
from wbsim.tokens import KINDS
from wbsim.validation import array, boolean, integer, nullable, number, one_of, text

_LIFE = {field.name: number(0, 1 if field.name.endswith("_share") else float("inf")) for field in fields(Life)}


async def health(request: Request) -> Response:
    """`GET /_sim/health`: ready, with the clock."""
    world = world_of(request)
    return JSONResponse({"status": "ok", "now": world.clock.now(), "real_now": world.clock.real_now()})


async def add_seller(request: Request) -> Response:
    """`POST /_sim/sellers {name?, seed?, products?, history_orders?, history_days?}`."""
    checks = {
        "name": text,
        "seed": integer(),
        "products": integer(1, 100_000),
        "history_orders": integer(0, 1_000_000),
        "history_days": integer(1, 730),
    }
    body = await read_body(request, checks)
    world = world_of(request)
    defaults: dict[str, Any] = {
        "name": f"Продавец {len(world.shops) + 1}",
        "seed": world.config.seed + 1_000 + len(world.shops),
        "products": world.config.products,
        "history_orders": 0,
        "history_days": world.config.history_days,
    }
    shop = world.add_seller(**(defaults | body))
    crowd: Crowd = request.app.state.crowd
    crowd.welcome(shop, world.fates[shop.sid], seed=world.config.seed)
    return JSONResponse(_seller(shop), 201)


async def list_sellers(request: Request) -> Response:
    """`GET /_sim/sellers`."""
    return JSONResponse({"sellers": [_seller(shop) for shop in world_of(request).shops.values()]})


async def change_seller(request: Request) -> Response:
    """`POST /_sim/sellers/{sid} {payment_required?, global_gate?}`."""
    shop = shop_of(request, request.path_params["sid"])
    body = await read_body(request, {"payment_required": boolean, "global_gate": boolean})
    shop.payment_required = body.get("payment_required", shop.payment_required)
    shop.global_gate = body.get("global_gate", shop.global_gate)
    return JSONResponse(_seller(shop))


async def add_token(request: Request) -> Response:
    """`POST /_sim/tokens {sid?, kind?, categories?, expires_in_s?, read_only?}`; may be expired already."""
    checks = {
        "sid": nullable(text),
        "kind": one_of(*KINDS),
        "categories": nullable(array(one_of(*CATEGORY_BITS))),
        "expires_in_s": number(-time.time()),
        "read_only": boolean,
    }
    body = await read_body(request, checks)
    sid = shop_of(request, body.pop("sid", None)).sid
    return JSONResponse({"token": world_of(request).issue_token(sid, **body), "sid": sid}, 201)


async def change_life(request: Request) -> Response:
    """`POST /_sim/life {sid?, …Life}`: change how the buyers behave; rates of 0 stop them."""
    body = await read_body(request, {"sid": nullable(text), **_LIFE})
    buyers = request.app.state.crowd.of[shop_of(request, body.pop("sid", None)).sid]
    life = replace(buyers.life, **body)
    if sum(getattr(life, name) for name in _LIFE if name.endswith("_share")) > 1:
        raise BadControl("the shares add up to more than 1")
    buyers.lead(life)
    return JSONResponse(_life(buyers))


async def step(request: Request) -> Response:
    """`POST /_sim/step {section?, count?, sid?}`: changes made now, in one section or spread over all."""
    checks = {"sid": nullable(text), "section": nullable(one_of(*STEPS)), "count": integer(1, 100_000)}
    body = await read_body(request, checks)
    shop = shop_of(request, body.get("sid"))
    buyers: Buyers = request.app.state.crowd.of[shop.sid]
    made = take_steps(shop, buyers.step_rng, shop.clock.now(), section=body.get("section"), count=body.get("count", 1))
    return JSONResponse({"made": made}, 201)


async def show_life(request: Request) -> Response:
    """`GET /_sim/life?sid=`: how the buyers behave and what they have done."""
    shop = shop_of(request, request.query_params.get("sid"))
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
    Route("/_sim/tokens", controlled(add_token), methods=["POST"]),
    Route("/_sim/life", controlled(change_life), methods=["POST"]),
    Route("/_sim/life", controlled(show_life), methods=["GET"]),
    Route("/_sim/step", controlled(step), methods=["POST"]),
]

"""The simulator as one Starlette application that plays every WB host."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Route

from wbsim.buyers import Crowd, Life
from wbsim.config import Config
from wbsim.control import ROUTES as CONTROL
from wbsim.endpoints.photos import photo
from wbsim.gate import pass_gate
from wbsim.playing import play, set_stage
from wbsim.scenario import Scenario
from wbsim.sending import send_webhooks
from wbsim.watching import watched
from wbsim.world import make_world

_VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def create_app(config: Config | None = None, scenario: Scenario | None = None) -> Starlette:
    """A fresh simulated world; its buyers live, and its scenario plays, while the application's lifespan runs.

    `config` is the scenario's unless given. `app.state.world` is its state, for use in the same process.
    """
    config = config or (scenario.config if scenario else Config())
    world = make_world(config)
    crowd = Crowd()
    if scenario:
        set_stage(scenario, world)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        for shop in world.shops.values():
            crowd.welcome(shop, world.fates[shop.sid], seed=config.seed)
        if config.orders_per_day:
            crowd.of[world.shop().sid].lead(Life(orders_per_day=config.orders_per_day))
        playing = watched(play(scenario, world, crowd, world.clock.now()), "the scenario") if scenario else None
        tasks = [watched(send_webhooks(world), "sending webhooks"), *([playing] if playing else [])]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await crowd.leave()

    app = Starlette(
        routes=[
            *CONTROL,
            Route("/photos/{nm_id:int}/{shape}/{number:int}.webp", photo),
            Route("/{path:path}", pass_gate, methods=_VERBS),
        ],
        lifespan=lifespan,
    )
    app.state.world = world
    app.state.crowd = crowd
    return app

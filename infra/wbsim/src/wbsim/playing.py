"""A scenario on the stage: its sellers and faults at the start, its actions when their time has come."""

import asyncio
from typing import Any

from wbsim.buyers import Crowd
from wbsim.scenario import Scenario, Table
from wbsim.shop import Shop
from wbsim.stepping import take_steps
from wbsim.world import World

_STANDING = ("payment_required", "global_gate")

LOOK_SECONDS = 1.0


def set_stage(scenario: Scenario, world: World) -> None:
    """Open the scenario's further shops and switch its faults on."""
    for seller in scenario.sellers:
        shop = world.add_seller(**{name: seller[name] for name in seller if name not in {"life", *_STANDING}})
        shop.stand(**{name: seller[name] for name in _STANDING if name in seller})
    for fault in scenario.faults:
        _strike(world, fault)


def labelled_tokens(scenario: Scenario, world: World) -> list[tuple[str, str]]:
    """The tokens the scenario gives out: label and token, in the order of the file."""
    return [
        (
            token["label"],
            world.issue_token(
                _shop(world, token).sid,
                **{name: value for name, value in token.items() if name not in {"label", "seller"}},
            ),
        )
        for token in scenario.tokens
    ]


async def play(scenario: Scenario, world: World, crowd: Crowd, started_at: float) -> None:
    """Let the sellers' lives begin and carry out every action `at` simulated seconds after `started_at`."""
    _lead(world, crowd, {"life": scenario.life})
    for seller in scenario.sellers:
        _lead(world, crowd, {"life": seller.get("life", {}), "seller": seller["name"]})
    for action in scenario.actions:
        await _until(world, started_at + action["at"])
        _act(world, crowd, action)


async def _until(world: World, moment: float) -> None:
    # Not one long sleep: the clock may be told to go at another speed meanwhile.
    for left in iter(lambda: moment - world.clock.now(), None):
        if left <= 0:
            return
        await asyncio.sleep(min(LOOK_SECONDS, left / world.clock.speed) if world.clock.speed else LOOK_SECONDS)


def _act(world: World, crowd: Crowd, action: Table) -> None:
    shop, now = _shop(world, action), world.clock.now()
    world.behaviour.change(action.get("settings", {}))
    if "fault" in action:
        _strike(world, action["fault"] | {name: action[name] for name in ("seller",) if name in action})
    if "faults_off" in action:
        world.faults.active.clear()
    for _ in range(action["orders"].get("count", 1) if "orders" in action else 0):
        shop.place(now)
    if "step" in action:
        take_steps(shop, crowd.of[shop.sid].step_rng, now, **action["step"])
    if "life" in action:
        _lead(world, crowd, action)
    shop.stand(**action.get("standing", {}))


def _lead(world: World, crowd: Crowd, table: Table) -> None:
    if table["life"]:
        crowd.of[_shop(world, table).sid].change(table["life"])


def _strike(world: World, fault: Table) -> None:
    sid: dict[str, Any] = {"sid": _shop(world, fault).sid} if "seller" in fault else {}
    world.faults.add(**{name: fault[name] for name in fault if name != "seller"}, **sid)


def _shop(world: World, table: Table) -> Shop:
    """The shop whose name is in the table's `seller`, else the first."""
    shops = list(world.shops.values())
    return next((shop for shop in shops[1:] if shop.name == table.get("seller")), shops[0])

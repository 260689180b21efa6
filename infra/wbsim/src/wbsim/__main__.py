"""`python -m wbsim`: the simulator as a process of its own."""

import asyncio
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any

import typer
from starlette.applications import Starlette

from wbsim.app import create_app
from wbsim.config import Behaviour, Config
from wbsim.playing import labelled_tokens
from wbsim.scenario import BadScenario, Scenario, read_scenario
from wbsim.serving import bind, serve_until_signalled

_DEFAULT = Config()
_BEHAVIOUR = Behaviour()
_BEHAVIOUR_OPTIONS = frozenset(field.name for field in fields(Behaviour))


def main(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 0,
    scenario: Annotated[
        Path | None,
        typer.Option(help="A TOML file: the start, and what happens then. Other options win."),
    ] = None,
    print_token: Annotated[bool, typer.Option(help="Print a personal token of the first seller.")] = False,
    allow_remote_control: Annotated[bool, typer.Option(help="Let other machines use /_sim/.")] = False,
    seed: Annotated[
        int, typer.Option(help="The same seed gives the same shop and accepts the same tokens.")
    ] = _DEFAULT.seed,
    products: Annotated[int, typer.Option(min=1, help="Cards in the shop.")] = _DEFAULT.products,
    history_orders: Annotated[int, typer.Option(min=0, help="Orders of the past.")] = _DEFAULT.history_orders,
    history_days: Annotated[int, typer.Option(min=1, help="How long the past is.")] = _DEFAULT.history_days,
    orders_per_day: Annotated[float, typer.Option(min=0, help="Buyers who come by themselves.")] = 0.0,
    behind_seconds: Annotated[float, typer.Option(min=0, help="How long ago simulated time begins.")] = 0.0,
    speed: Annotated[float, typer.Option(help="Simulated seconds per real second.")] = 1.0,
    limits_factor: Annotated[float, typer.Option(help="Divides every limit interval: 60 makes minutes seconds.")] = 1.0,
    page_rows: Annotated[int, typer.Option(min=1, help="Rows of a statistics page.")] = _BEHAVIOUR.page_rows,
    late_share: Annotated[float, typer.Option(min=0, max=1, help="Share of changes that show late.")] = 0.0,
    late_seconds: Annotated[float, typer.Option(min=0, help="How late they show.")] = 0.0,
    zero_price_share: Annotated[float, typer.Option(min=0, max=1, help="Share of rows without money at first.")] = 0.0,
    zero_price_seconds: Annotated[float, typer.Option(min=0, help="When their money comes.")] = 0.0,
) -> None:
    """A stateful fake Wildberries: every host of its API on one address.

    The control API is under /_sim/ on the same address; the README of wbsim tells what it can do.
    """
    try:
        played = read_scenario(scenario) if scenario else None
    except BadScenario as error:
        raise typer.BadParameter(str(error), param_hint="--scenario") from None
    app = create_app(_configured(context, played.config if played else _DEFAULT), played)
    try:
        listener = bind(host, port)
        listener.listen()
    except OSError as error:
        raise typer.BadParameter(f"{host}:{port}: {error.strerror}", param_hint="--port") from None
    print(f"wbsim listening on http://{host}:{listener.getsockname()[1]}", flush=True)
    if played and played.about:
        print(played.about.strip(), flush=True)
    _print_tokens(app, played, personal=print_token)
    asyncio.run(serve_until_signalled(app, listener))


def _configured(context: typer.Context, config: Config) -> Config:
    """The configuration with what the command line says itself."""
    said: dict[str, Any] = {
        name: value
        for name, value in context.params.items()
        if (source := context.get_parameter_source(name)) is not None and source.name == "COMMANDLINE"
    }
    own = {field.name for field in fields(Config)}
    behaviour = {name: value for name, value in said.items() if name in _BEHAVIOUR_OPTIONS}
    return replace(
        config,
        **{name: value for name, value in said.items() if name in own},
        behaviour=replace(config.behaviour, **behaviour),
    )


def _print_tokens(app: Starlette, scenario: Scenario | None, *, personal: bool) -> None:
    world = app.state.world
    if personal:
        print(f"token {world.issue_token()}", flush=True)
    for label, token in labelled_tokens(scenario, world) if scenario else ():
        print(f"token {token} {label}", flush=True)


if __name__ == "__main__":
    typer.run(main)

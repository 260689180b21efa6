"""`python -m wbsim`: the simulator as a process of its own."""

import asyncio
from typing import Annotated

import typer

from wbsim.app import create_app
from wbsim.config import Behaviour, Config
from wbsim.serving import bind, serve_until_signalled

_DEFAULT = Config()
_BEHAVIOUR = Behaviour()


def main(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 takes a free one.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed gives the same shop and accepts the same tokens.")] = 1,
    products: Annotated[int, typer.Option(min=1)] = _DEFAULT.products,
    history_orders: Annotated[int, typer.Option(min=0)] = _DEFAULT.history_orders,
    history_days: Annotated[int, typer.Option(min=1)] = _DEFAULT.history_days,
    orders_per_day: Annotated[float, typer.Option(min=0, help="Buyers who come by themselves.")] = 0.0,
    speed: Annotated[float, typer.Option(help="Simulated seconds per real second.")] = 1.0,
    limits_factor: Annotated[float, typer.Option(help="Divides every limit interval.")] = 1.0,
    page_rows: Annotated[int, typer.Option(min=1, help="Rows of a statistics page.")] = _BEHAVIOUR.page_rows,
    late_share: Annotated[float, typer.Option(min=0, max=1)] = 0.0,
    late_seconds: Annotated[float, typer.Option(min=0)] = 0.0,
    zero_price_share: Annotated[float, typer.Option(min=0, max=1)] = 0.0,
    zero_price_seconds: Annotated[float, typer.Option(min=0)] = 0.0,
    allow_remote_control: Annotated[bool, typer.Option(help="Let other machines use /_sim/.")] = False,
    print_token: Annotated[bool, typer.Option(help="Print a personal token of the first seller.")] = False,
) -> None:
    """A stateful fake Wildberries: every host of its API on one address."""
    config = Config(
        seed=seed,
        products=products,
        history_orders=history_orders,
        history_days=history_days,
        orders_per_day=orders_per_day,
        speed=speed,
        limits_factor=limits_factor,
        allow_remote_control=allow_remote_control,
        behaviour=Behaviour(
            page_rows=page_rows,
            late_share=late_share,
            late_seconds=late_seconds,
            zero_price_share=zero_price_share,
            zero_price_seconds=zero_price_seconds,
        ),
    )
    app = create_app(config)
    listener = bind(host, port)
    listener.listen()
    print(f"wbsim listening on http://{host}:{listener.getsockname()[1]}", flush=True)
    if print_token:
        print(f"token {app.state.world.issue_token()}", flush=True)
    asyncio.run(serve_until_signalled(app, listener))


if __name__ == "__main__":
    typer.run(main)

"""`python -m demo`: a change at Wildberries becomes a Telegram message, live, on this machine."""

import json
import signal
import sys
import time
from typing import Annotated

import typer
from local.environments import caller_environment, trace_environment
from local.errors import LocalError, MissingServerError
from local.workspace import find_root

from demo.chat import talk_to_bot
from demo.fakes import FakeFailed
from demo.installation import TELEGRAM_ID, Installation, NotReady, installation
from demo.live import settle, show_flow, summarise

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

NAME = "demo"


@cli.command()
def demo(
    seconds: Annotated[float | None, typer.Option(min=1, help="End by itself after this long; else by Ctrl-C.")] = None,
    rate: Annotated[
        float | None, typer.Option(min=0.01, max=200, help="Order changes a second; 50, and 0.1 with --bot.")
    ] = None,
    history_orders: Annotated[int, typer.Option(min=0, help="Orders of the 90 days before.")] = 500,
    show: Annotated[str, typer.Option(help="Messages to print: all, sample (one a second) or none.")] = "sample",
    bot: Annotated[bool, typer.Option("--bot", help="Talk to the bot here meanwhile.")] = False,
) -> None:
    """Run everything between a fake Wildberries and a fake Telegram; the last line is a JSON summary.

    Ends with code 0 only if nothing was lost or doubled, with 2 if a server is missing and cannot be had.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - began:6.1f} s] {text}", flush=True)

    try:
        shown = "none" if bot else show
        with installation(
            NAME,
            history_orders=history_orders,
            progress=say,
            show=shown,
            line=print,
            has_bot=bot,
            env=trace_environment(find_root(), NAME, caller_environment()),
            is_observed=True,
        ) as pulse:
            cabinet_id = pulse.connect_cabinet(say)
            _tell_where(pulse)
            if bot:
                talk_to_bot(pulse, rate=0.1 if rate is None else rate, seconds=seconds, say=say)
            else:
                show_flow(pulse, rate=50 if rate is None else rate, seconds=seconds, say=say)
            settle(pulse, cabinet_id, say)
            summary = summarise(pulse, say)
    except MissingServerError as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2) from error
    except (LocalError, FakeFailed, NotReady) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        print("stopped before the shop was connected", file=sys.stderr)
        raise typer.Exit(130) from None
    print(json.dumps(summary.as_dict()), flush=True)
    raise typer.Exit(0 if summary.is_clean else 1)


def _tell_where(pulse: Installation) -> None:
    key = pulse.api.headers["Authorization"].removeprefix("Bearer ")
    for text in (
        f"REST:      {pulse.platform.url('gateway')}/docs   (key {key}, Telegram id {TELEGRAM_ID})",
        f"WB:        {pulse.wildberries.url}/_sim/truth",
        f"Telegram:  {pulse.telegram.url}/_sim/inbox?chat_id={TELEGRAM_ID}",
        *(f"health:    {pulse.platform.url(name)}/health/ready   ({name})" for name in pulse.platform.environments),
        *([f"metrics:   {pulse.platform.prometheus_url}   (Prometheus)"] if pulse.platform.prometheus_url else []),
        f"logs:      {pulse.platform.log('ingestor').parent}",
    ):
        print("  ", text, flush=True)


if __name__ == "__main__":
    cli()

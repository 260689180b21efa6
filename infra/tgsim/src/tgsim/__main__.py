"""`python -m tgsim`: the simulator as a process."""

import asyncio
import signal
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import typer

from tgsim.config import Limits, PrintMode, new_token
from tgsim.picture import NoPicture, picture_of
from tgsim.running import running_tgsim

cli = typer.Typer(add_completion=False)


@cli.callback(invoke_without_command=True)
def serve(
    context: typer.Context,
    host: str = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 picks a free port.")] = 0,
    token: Annotated[list[str] | None, typer.Option(help="A bot token; may be repeated.")] = None,
    per_chat_per_second: Annotated[float, typer.Option(min=0.001)] = Limits.per_chat_per_second,
    per_chat_burst: Annotated[int, typer.Option(min=1)] = Limits.per_chat_burst,
    per_second: Annotated[float, typer.Option(min=0.001)] = Limits.per_second,
    per_group_per_minute: Annotated[int, typer.Option(min=1)] = Limits.per_group_per_minute,
    no_limits: Annotated[bool, typer.Option("--no-limits")] = False,
    chat: Annotated[list[int] | None, typer.Option(help="Only these chats exist; may be repeated.")] = None,
    bot_name: Annotated[str, typer.Option(help="The name that people see.")] = "tgsim",
    photo_url: Annotated[list[str] | None, typer.Option(help="URL=FILE sendPhoto may 'fetch'.")] = None,
    print_mode: Annotated[PrintMode, typer.Option("--print", help="Messages on the terminal.")] = "none",
    control_from_anywhere: Annotated[bool, typer.Option("--control-from-anywhere")] = False,
) -> None:
    """Fake the Telegram Bot API until SIGTERM or Ctrl-C."""
    if context.invoked_subcommand is not None:
        return
    limits = Limits(
        per_chat_per_second=per_chat_per_second,
        per_chat_burst=per_chat_burst,
        per_second=per_second,
        per_group_per_minute=per_group_per_minute,
    )
    config = {
        "tokens": tuple(token or [new_token()]),
        "limits": None if no_limits else limits,
        "chats": frozenset(chat) if chat else None,
        "bot_name": bot_name,
        "photo_urls": dict(_photo(pair) for pair in photo_url or []),
        "print_mode": print_mode,
        "control_from_anywhere": control_from_anywhere,
    }
    try:
        asyncio.run(_serve(host, port, announce_token=not token, **config))
    except (OSError, ValueError) as error:
        typer.echo(f"tgsim cannot start: {error}", err=True)
        raise typer.Exit(2) from error


@cli.command()
def picture(
    url: Annotated[str, typer.Option(help="Where a tgsim listens.")],
    chat: Annotated[int, typer.Option(help="The chat to show.")],
    out: Annotated[Path, typer.Option(help="The PNG to write.")],
    last: Annotated[int | None, typer.Option(min=1, help="Only so many of its newest messages.")] = None,
    message: Annotated[list[int] | None, typer.Option(help="Nothing but these messages; may be repeated.")] = None,
    zone: Annotated[str, typer.Option(help="Times are of this zone.")] = "Europe/Moscow",
    width: Annotated[int, typer.Option(min=200, max=2000, help="CSS pixels; the picture has two for each.")] = 440,
) -> None:
    """Write a picture of a chat as a phone shows it; needs a Chromium on this machine."""
    query = [("chat_id", str(chat)), ("zone", zone), *(("message_id", str(each)) for each in message or ())]
    query += [] if last is None else [("last", str(last))]
    try:
        out.write_bytes(picture_of(f"{url.rstrip('/')}/_sim/inbox?{urlencode(query)}", width=width))
    except (NoPicture, OSError) as error:
        typer.echo(f"no picture: {error}", err=True)
        raise typer.Exit(2) from error
    print(f"wrote {out}", flush=True)


def _photo(pair: str) -> tuple[str, bytes]:
    url, _, path = pair.rpartition("=")
    if not url or not Path(path).is_file():
        raise typer.BadParameter(f"--photo-url takes URL=FILE with a file that exists, got {pair!r}")
    return url, Path(path).read_bytes()


async def _serve(host: str, port: int, *, announce_token: bool, **config: object) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stop.set)
    async with running_tgsim(host=host, port=port, **config) as tgsim:
        if announce_token:
            print(f"tgsim token {tgsim.token}", flush=True)
        print(f"tgsim listening on {tgsim.url}", flush=True)
        await stop.wait()


if __name__ == "__main__":
    cli()

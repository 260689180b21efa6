"""`python -m pushsim`: the fakes as a process."""

import asyncio
import signal
from typing import Annotated

import typer

from pushsim.running import running_pushsim

cli = typer.Typer(add_completion=False)


@cli.callback()
def pushsim() -> None:
    """Fakes of a mail server, a Web Push service and Firebase."""


@cli.command()
def serve(
    host: str = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 picks a free port.")] = 0,
    smtp_port: Annotated[int, typer.Option(help="0 picks a free port.")] = 0,
) -> None:
    """Take mails and pushes until SIGTERM or Ctrl-C."""
    asyncio.run(_serve(host, port, smtp_port))


async def _serve(host: str, port: int, smtp_port: int) -> None:
    ended = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, ended.set)
    async with running_pushsim(host=host, port=port, smtp_port=smtp_port) as running:
        print(f"pushsim: {running.url} smtp://{running.smtp_host}:{running.smtp_port}?tls=none", flush=True)
        await ended.wait()


if __name__ == "__main__":
    cli()

"""The bot's commands."""

import typer
from servicekit.starting import importing

from bot.settings import Settings

cli = typer.Typer(
    help="The Telegram bot: what sellers ask and do, through the gateway.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@cli.callback()
def bot() -> None:
    """The Telegram bot: what sellers ask and do, through the gateway."""


@cli.command()
def serve() -> None:
    """Answer people until SIGTERM: by a webhook where BOT_WEBHOOK_URL is set, else by polling."""
    with importing():
        from servicekit.listening import serve as run

        from bot.app import build, make_traces

    settings = Settings.from_environment()
    run(build(settings, make_traces(settings)), settings)


if __name__ == "__main__":
    cli()

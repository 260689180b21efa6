"""`python -m local servers start|stop|destroy|status NAME`, `python -m local up|down|logs|migrate|run|key`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from local import backup_commands, checking, compose, rotation, servers
from local import up as platform_up
from local.environments import caller_environment
from local.errors import LocalError
from local.instance import Instance
from local.workspace import find_root

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
servers_app = typer.Typer(no_args_is_help=True, help="Postgres, Redis and RabbitMQ under a name.")
app.add_typer(servers_app, name="servers")
app.add_typer(backup_commands.cli, name="backup")
app.command("restore")(backup_commands.restore)
app.command("republish")(backup_commands.republish)

NEXT_STEPS = """
Pulse is up at {url} (API: {url}/docs). Next:

  KEY=$(make -s key TELEGRAM_ID=<your Telegram id>)     # an API key that acts for you
  curl -X POST {url}/api/v1/cabinets -H "Authorization: Bearer $KEY" \\
       -H 'Content-Type: application/json' -d '{{"name": "My shop", "token": "<WB token>"}}'

`make logs` follows the services, `make down` stops them and keeps the data."""

Name = Annotated[str, typer.Argument(help="The name of the set: up, demo, test, …")]
Root = Annotated[Path | None, typer.Option(help="The workspace; found from the current folder upward.")]


@app.callback()
def root() -> None:
    """Runs what Pulse needs on this machine, without Docker."""


@servers_app.command("start")
def start(name: Name, root: Root = None, ephemeral: bool = False) -> None:
    """Start the servers (or find those given) and print their URLs as export lines."""
    found = servers.start(name, root=root, ephemeral=ephemeral, progress=_say)
    for variable, url in found.env.items():
        print(f"export {variable}='{url}'")


@servers_app.command("stop")
def stop(name: Name, root: Root = None) -> None:
    """Stop what was started under the name; data stay."""
    servers.stop(name, root=root)


@servers_app.command("destroy")
def destroy(name: Name, root: Root = None) -> None:
    """Stop what was started under the name and delete its data."""
    servers.destroy(name, root=root)


@servers_app.command("status")
def status(name: Name, root: Root = None) -> None:
    """Say for each server of the name whether its process runs."""
    for server, state in servers.status(Instance(name, root or find_root())).items():
        print(f"{server:10} {state}")


@app.command("check")
def check(root: Root = None) -> None:
    """Refuse configuration that the program it is for cannot read; says which programs are not here."""
    workspace = root or find_root()
    find = checking.found_in(workspace)
    found = list(checking.problems(workspace, find))
    for line in found:
        _say(line)
    if missing := checking.unread(find):
        _say(f"not checked, as they are not here: {', '.join(missing)} (`make up` and the tests fetch them)")
    raise typer.Exit(1 if found else 0)


@app.command("up")
def up(root: Root = None) -> None:
    """Start the whole platform in the background and say what to do next."""
    url = platform_up.up(root or find_root(), _say)
    print(NEXT_STEPS.format(url=url))


@app.command("down")
def down(root: Root = None) -> None:
    """Stop what `up` started; data stay."""
    platform_up.down(root or find_root())


@app.command("logs")
def logs(root: Root = None) -> None:
    """Follow the services' logs."""
    raise typer.Exit(platform_up.logs(root or find_root()))


@app.command("migrate")
def migrate(root: Root = None) -> None:
    """Bring the platform's database and topology up to date without starting the services."""
    platform_up.migrate(root or find_root(), _say)


@app.command("rotate")
def rotate(root: Root = None) -> None:
    """Give the running platform other keys for what is sealed; the older go when nothing needs them any more."""
    workspace = root or find_root()
    if compose.available():
        raise LocalError("the platform runs under Docker Compose: docs/recovery.md says how its keys are rotated")
    try:
        rotation.rotate_running(Instance(platform_up.NAME, workspace), _say)
    except KeyboardInterrupt:
        raise LocalError(
            "ended before it was done: older and new keys are accepted; make rotate again (a service is away: make up)"
        ) from None


@app.command("secrets")
def secrets(root: Root = None) -> None:
    """Complete .env and the files of secrets as `up` does under Compose, and start nothing."""
    compose.write_env(root or find_root(), caller_environment())


@app.command("clean")
def clean(root: Root = None) -> None:
    """Stop everything ever started in this workspace and delete its data."""
    platform_up.clean(root or find_root())


@app.command("key")
def key(telegram_id: Annotated[int, typer.Option(help="The Telegram user it acts for.")], root: Root = None) -> None:
    """Print a new API key of the running platform."""
    words = ["gateway", "keys", "create", "--telegram-id", str(telegram_id)]
    raise typer.Exit(platform_up.run(root or find_root(), words))


# What follows the first word is the command's own, options too.
@app.command("run", context_settings={"allow_interspersed_args": False})
def run(
    words: Annotated[list[str], typer.Argument(metavar="SERVICE COMMAND…", help="Such as: notifier webhook list")],
    service: Annotated[str | None, typer.Option("--as", help="Whose environment it has; else its own.")] = None,
    root: Root = None,
) -> None:
    """Run a command of a service (or of servicekit) in the environment of the running platform."""
    raise typer.Exit(platform_up.run(root or find_root(), words, service))


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    """Runs the command line; a known failure is one line on stderr and exit code 2."""
    try:
        app()
    except LocalError as error:
        _say(f"local: {error}")
        sys.exit(2)


if __name__ == "__main__":
    main()

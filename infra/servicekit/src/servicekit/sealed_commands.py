"""Commands of services that open what others seal: which keys seal it, and all of it sealed to the newest."""

import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from servicekit.sealed_columns import Resealed, SealedColumn
    from servicekit.settings import ServiceSettings

Load = Callable[[], "tuple[ServiceSettings, str, Sequence[SealedColumn]]"]
"""The service's settings, its private keys (the newest first), and what it holds sealed."""


def commands_of(service: str, group: str, load: Load, *, title: str) -> typer.Typer:
    """The commands `<service> <group> keys|reseal`. Reading settings and the database waits until one is run."""
    cli = typer.Typer(no_args_is_help=True, help=title)

    @cli.command()
    def keys() -> None:
        """Print how much is sealed to which key, a JSON line each; 1 if no key here opens some of it."""
        from servicekit import commands
        from servicekit.crypto import key_ids
        from servicekit.sealed_columns import keys_in_use

        settings, private_keys, columns = load()
        ours = key_ids(private_keys)

        async def count() -> bool:
            is_well = True
            async with _opened(settings) as database:
                for column, found in (await keys_in_use(database, columns)).items():
                    for key, rows in sorted(found.items()):
                        state = "newest" if key == ours[0] else "older" if key in ours else "missing"
                        is_well = is_well and state != "missing"
                        _print({"column": column, "key": key, "sealed": rows, "state": state})
            return is_well

        if not commands.run(count()):
            raise typer.Exit(1)

    @cli.command()
    def reseal(
        pipe: Annotated[
            bool, typer.Option("--pipe", help="Lines of `gateway sealed list` from stdin, sealed anew to stdout.")
        ] = False,
    ) -> None:
        """Seal to the newest key what is sealed to older ones; 1 if no key here opens some of it.

        What is entered meanwhile stays. It may be killed, and is run again then.
        """
        from servicekit import commands
        from servicekit.operators import record_command
        from servicekit.sealed_columns import lines_sealed_anew, reseal_all

        settings, private_keys, columns = load()
        action = f"{service} {group} reseal"

        async def piped() -> bool:
            found = Counter[str]()
            for line in lines_sealed_anew(sys.stdin, private_keys):
                found["piped" if "anew" in line else "unreadable"] += 1
                _print(line)
            if found:
                async with _opened(settings) as database, database.transaction() as connection:
                    await record_command(connection, service, action, after={**found})
            return not found["unreadable"]

        async def all_of_it() -> bool:
            async with _opened(settings) as database:
                async with database.transaction() as connection:
                    await record_command(connection, service, action, outcome="begun")
                found = await reseal_all(database, columns, private_keys)
                async with database.transaction() as connection:
                    await record_command(connection, service, action, after=told(found))
            for each in found:
                _print(asdict(each))
            return not any(each.unreadable for each in found)

        if not commands.run(piped() if pipe else all_of_it()):
            raise typer.Exit(1)

    return cli


def told(found: Sequence["Resealed"]) -> dict[str, Any]:
    """What came of it, for the audit."""
    return {
        each.column: {"resealed": each.resealed, "changed": each.changed, "unreadable": len(each.unreadable)}
        for each in found
    }


@asynccontextmanager
async def _opened(settings: "ServiceSettings") -> AsyncIterator[Any]:
    from servicekit import db

    database = db.connect(settings)
    try:
        yield database
    finally:
        await database.close()


def _print(fields: dict[str, Any]) -> None:
    print(json.dumps(fields, default=str, ensure_ascii=False))

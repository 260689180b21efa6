"""Secrets that lie in files: where `NAME` may be set, `NAME_FILE` may say which file holds its value instead.

A file is shown to one container and to nobody who lists environments.
"""

import importlib
import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup

SUFFIX = "_FILE"


class BadSecretFile(Exception):
    """The file cannot be read, or the variable is set beside it; the message names the variable, never a value."""


def value_of(name: str, environment: Mapping[str, str]) -> str | None:
    """What the variable holds, or else the file that `<name>_FILE` names, without a line's end after it.

    None where neither is set. What is empty, also a file, is not set.

    Raises:
        BadSecretFile: both are set, or the file cannot be read.
    """
    given, path = environment.get(name), environment.get(name + SUFFIX)
    if not path:
        return given or None
    try:
        held = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise BadSecretFile(f"{name}{SUFFIX}: {path} cannot be read: {reason}") from error
    if held and given:
        raise BadSecretFile(f"{name}, {name}{SUFFIX}: one of both, not both")
    return held or given or None


class Commands(TyperGroup):
    """Commands whose options that may come from a variable may come from a file too: `typer.Typer(cls=Commands)`."""

    def make_context(self, *arguments: Any, **extra: Any) -> Any:
        return super().make_context(*arguments, **extra, default_map=_held(self))

    def main(self, *arguments: Any, **extra: Any) -> Any:
        try:
            return super().main(*arguments, **extra)
        except BadSecretFile as error:
            typer.echo(error, err=True)
            raise SystemExit(2) from error


class DeferredCommands(Commands):
    """A group whose commands are imported once one of them is asked for, because they bring much with them.

    They are those of `cli`, a `typer.Typer`, in the module `SOURCE`.
    """

    SOURCE: ClassVar[str]

    def make_context(self, *arguments: Any, **extra: Any) -> Any:
        self.commands = typer.main.get_group(importlib.import_module(self.SOURCE).cli).commands
        return super().make_context(*arguments, **extra)


def _held(command: Any) -> dict[str, Any]:
    """By command and option, what reads a file that the environment names for it."""
    inner = {name: _held(each) for name, each in getattr(command, "commands", {}).items()}
    named = {option.name: option.envvar for option in command.params if isinstance(option.envvar, str)}
    own = {
        option: partial(value_of, name, os.environ) for option, name in named.items() if os.environ.get(name + SUFFIX)
    }
    return inner | own

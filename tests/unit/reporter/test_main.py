"""The commands, as an operator calls them."""

import subprocess
import sys

import pytest


def reporter(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "reporter", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={"NO_COLOR": "1"}, timeout=60, check=False)


@pytest.mark.parametrize("command", ["serve", "migrate"])
def test_help_names_every_command(command: str) -> None:
    assert command in reporter("--help").stdout


def test_a_migration_without_a_database_says_which_variable_is_missing() -> None:
    result = reporter("migrate")
    assert result.returncode == 2
    assert "DATABASE_URL" in result.stderr

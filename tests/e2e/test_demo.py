"""`make demo`, for a few seconds."""

import json

from demo.__main__ import cli
from typer.testing import CliRunner


def test_a_short_demo_loses_nothing_and_says_so_in_its_last_line() -> None:
    arguments = ["--seconds", "6", "--rate", "10", "--history-orders", "20", "--show", "none"]
    result = CliRunner().invoke(cli, arguments, env={"PROMETHEUS": "off"})
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    summary = json.loads(lines[-1])
    assert summary["changes_at_wb"] >= 50
    assert 0 < summary["messages_delivered"] < summary["changes_at_wb"]
    # An order's message is edited when the order changes.
    assert summary["messages_edited"] > 0
    assert (summary["lost"], summary["duplicates"]) == (0, 0)
    assert 0 < summary["p50_ms"] <= summary["p99_ms"]
    assert summary["orders_stored"] > 20
    assert any("WB answered → stored" in line for line in lines)
    assert any("/docs" in line for line in lines)


def test_help_says_what_it_does() -> None:
    result = CliRunner().invoke(cli, ["--help"])
    assert result.exit_code == 0
    assert "JSON summary" in result.output

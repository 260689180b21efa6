"""The SQL that stores a page is made from a resource's table; what it comes to is committed, to be reviewed."""

import os
from dataclasses import fields
from pathlib import Path
from textwrap import dedent, fill

from ingestor.resources import orders
from ingestor.sync.statements import Statements, statements

GOLDEN = Path(__file__).with_name("orders_page.sql")


def sql(made: Statements) -> str:
    """The statements one after another, each under its name."""
    named = [(each.name, getattr(made, each.name)) for each in fields(made)]
    return "\n".join(
        f"-- {name}\n{_wrapped(value)};\n" for name, value in named if isinstance(value, str) and " " in value
    )


def _wrapped(statement: str) -> str:
    lines = dedent(statement).strip().splitlines()
    return "\n".join(
        fill(line, 118, initial_indent=" " * (len(line) - len(line.lstrip())), subsequent_indent=" " * 8)
        for line in lines
    )


def test_the_statements_of_orders_are_those_that_were_reviewed() -> None:
    made = sql(statements(orders.RESOURCE))
    if "WRITE_GOLDEN" in os.environ:
        GOLDEN.write_text(made)
    assert made == GOLDEN.read_text(), "if it is meant: WRITE_GOLDEN=1, and review the difference"

"""The report of an order, as the description of the interface shows it."""

import json
from importlib.resources import files
from typing import Any


def report_example() -> dict[str, Any]:
    """A whole report; its text is what the reporter writes for its sections."""
    example: dict[str, Any] = json.loads(files("gateway.api").joinpath("report_example.json").read_text("utf-8"))
    return example

"""Answers as the description of the interface shows them."""

import json
from importlib.resources import files
from typing import Any


def example(name: str) -> dict[str, Any]:
    """The answer in a file of this folder."""
    found: dict[str, Any] = json.loads(files(__name__).joinpath(f"{name}.json").read_text("utf-8"))
    return found


def answer_like(shown: object) -> dict[str, Any]:
    """An operation's answer, with what it looks like."""
    return {"content": {"application/json": {"example": shown}}}


def example_answer(name: str) -> dict[str, Any]:
    """The same, as the content of an operation's answer."""
    return {"content": {"application/json": {"example": example(name)}}}

"""The page that follows a change through the code names what is there."""

import importlib
import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[3] / "docs/architecture.md").read_text()
SECTION = PAGE.split("### The longest way, function by function")[1].split("\n## ")[0]
NAMED = re.findall(r"`((?:ingestor|reporter|notifier|servicekit)\.[\w.]+)`", SECTION)


@pytest.mark.parametrize("name", NAMED)
def test_each_function_is_found_where_the_page_says(name: str) -> None:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute)


def test_all_services_on_the_way_are_named() -> None:
    assert {name.split(".")[0] for name in NAMED} == {"ingestor", "servicekit", "reporter", "notifier"}

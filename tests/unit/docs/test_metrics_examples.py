"""The worked examples of docs/metrics.md give what they say: each block of `>>>` in it is run by itself."""

import doctest
import re
from pathlib import Path

import pytest
from local.workspace import find_root

PAGE = find_root(Path(__file__).parent) / "docs" / "metrics.md"


def examples(page: str) -> list[doctest.DocTest]:
    """The fenced blocks that are sessions of Python, each under the heading it stands below."""
    found, parser = [], doctest.DocTestParser()
    for block in re.finditer(r"^```python\n(>>> .*?)^```$", page, re.MULTILINE | re.DOTALL):
        headings = re.findall(r"^#+ (.*)$", page[: block.start()], re.MULTILINE)
        line = page.count("\n", 0, block.start(1))
        found.append(parser.get_doctest(block[1], {}, headings[-1], PAGE.name, line))
    return found


@pytest.mark.parametrize("example", examples(PAGE.read_text()), ids=lambda example: example.name)
def test_an_example_gives_what_it_says(example: doctest.DocTest) -> None:
    told: list[str] = []
    assert doctest.DocTestRunner().run(example, out=told.append).failed == 0, "".join(told)


def test_an_example_that_is_wrong_fails() -> None:
    [wrong] = examples("# Sum\n\n```python\n>>> 1 + 1\n3\n```\n")
    told: list[str] = []
    assert doctest.DocTestRunner().run(wrong, out=told.append).failed == 1
    assert "line 4, in Sum" in "".join(told)

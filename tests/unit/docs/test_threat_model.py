"""The threat model names tests that are there, for every threat and for each of OWASP's ten."""

import re
from functools import cache
from pathlib import Path

from local.workspace import find_root

ROOT = find_root(Path(__file__).parent)
PAGE = (ROOT / "docs/threat-model.md").read_text()
NAMED = re.compile(r"`([\w/]+\.py)::(test_\w+)`")
THREAT = re.compile(r"^\| ([STRIDE]) \| ", re.MULTILINE)


@cache
def written_in(file: str) -> frozenset[str]:
    return frozenset(re.findall(r"^\s*(?:async )?def (test_\w+)\(", (ROOT / "tests" / file).read_text(), re.MULTILINE))


def rows() -> list[str]:
    return [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| ---", "| | "))]


def test_every_test_that_it_names_is_there() -> None:
    named = NAMED.findall(PAGE)
    assert len(named) > 80
    assert [f"{file}::{test}" for file, test in named if test not in written_in(file)] == []
    assert PAGE.count("::test_") == len(named), "one of them is written otherwise"


def test_every_threat_at_every_boundary_has_one() -> None:
    threats = [row for row in rows() if THREAT.match(row)]
    assert len(threats) >= 35
    assert [row for row in threats if not NAMED.search(row)] == []
    for boundary in range(1, 7):
        section = PAGE.partition(f"## B{boundary}: ")[2].partition("\n## ")[0]
        assert THREAT.search(section), f"nothing threatens B{boundary}"
        assert f"B{boundary}" in PAGE.partition("```mermaid")[2].partition("```")[0]


def test_each_of_owasps_ten_has_one() -> None:
    said = {row.split()[1]: row for row in rows() if re.match(r"\| API\d", row)}
    assert sorted(said) == sorted(f"API{number}" for number in range(1, 11))
    assert [row for row in said.values() if not NAMED.search(row)] == []


def test_what_is_not_held_is_said() -> None:
    assert PAGE.partition("## What is not held")[2].count("\n- ") >= 8

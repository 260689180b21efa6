"""servicekit's README says what each of its modules promises, and of no other."""

import re
from pathlib import Path

from local.workspace import find_root

FOLDER = find_root(Path(__file__).parent) / "infra" / "servicekit"


def test_every_module_is_named_and_no_other() -> None:
    table = (FOLDER / "README.md").read_text().split("## ")[0]
    cells = re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
    named = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    there = {path.stem for path in (FOLDER / "src" / "servicekit").glob("[a-z]*") if path.stem != "py"}
    assert len(named) == len(set(named))
    assert set(named) == there

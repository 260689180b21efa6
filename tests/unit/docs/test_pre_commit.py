"""pre-commit runs what `make lint` runs."""

import re
from pathlib import Path

import yaml
from local.workspace import find_root

ROOT = find_root(Path(__file__).parent)


def test_the_hooks_are_the_commands_of_make_lint() -> None:
    recipe = re.search(r"^lint:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert recipe
    commands = [line.strip().removeprefix("@") for line in recipe[1].splitlines()]
    commands = [line.replace("$(PYTHON)", ".venv/bin/python").replace("$(VENV)", ".venv") for line in commands]
    [local] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert local["repo"] == "local"
    entries = [re.sub(r'^sh -c "exec (.*)"$', r"\1", hook["entry"]) for hook in local["hooks"]]
    assert entries == commands

"""Prometheus' own checks: it can read what it is given, and rules say of made-up series what they should."""

import os
import subprocess
from pathlib import Path

import pytest
from local import prometheus
from local.kind import Binaries
from local.workspace import find_root
from observability.files import FOLDER


@pytest.fixture(scope="module")
def programs() -> Binaries:
    said: list[str] = []
    found = prometheus.find_or_fetch(find_root(Path(__file__).parent), said.append)
    if found is None:
        pytest.fail("; ".join(said))
    return found


def promtool(programs: Binaries, *words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [programs.folder / "promtool", *words]
    env = os.environ | programs.env
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


def test_the_configuration_and_the_rules_that_it_names_can_be_read(programs: Binaries, tmp_path: Path) -> None:
    for path in (FOLDER / "prometheus.yml", tmp_path / "local.yml"):
        if path.parent == tmp_path:
            targets = {"gateway": "http://127.0.0.1:1/metrics"}
            path.write_text(prometheus.configuration(targets, FOLDER / "rules"))
        answer = promtool(programs, "check", "config", path)
        assert answer.returncode == 0, answer.stderr
        assert "2 rule files found" in answer.stdout


def test_a_rule_that_is_broken_is_refused(programs: Binaries, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yml"
    broken.write_text((FOLDER / "rules" / "symptoms.yml").read_text().replace("== 0", "== (", 1))
    answer = promtool(programs, "check", "rules", broken)
    assert answer.returncode != 0
    assert "parse error" in answer.stderr


@pytest.mark.parametrize("name", [path.name for path in sorted((FOLDER / "tests").glob("*.yml"))])
def test_rules_warn_of_what_they_should_and_of_nothing_else(programs: Binaries, name: str) -> None:
    answer = promtool(programs, "test", "rules", FOLDER / "tests" / name)
    assert answer.returncode == 0, answer.stdout + answer.stderr

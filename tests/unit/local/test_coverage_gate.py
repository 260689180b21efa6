"""The coverage gates refuse what they should."""

import json
from pathlib import Path
from typing import Any

import pytest
from support import coverage_gate
from support.coverage_gate import Gate, judge


def report(**files: tuple[int, list[int]]) -> dict[str, Any]:
    found = {}
    for path, (lines, missing) in files.items():
        summary = {"covered_lines": lines - len(missing), "missing_lines": len(missing)}
        found[path] = {"summary": summary, "missing_lines": missing}
    return found


class TestJudge:
    def test_enough_is_enough(self) -> None:
        result = judge(Gate("x", 80, ("a/*",)), report(**{"a/b/one.py": (10, [3, 4]), "b/two.py": (10, [1] * 10)}))
        assert (result.percent, result.problem) == (80, None)

    def test_one_line_less_is_refused_and_named(self) -> None:
        result = judge(Gate("x", 100, ("a/*",)), report(**{"a/one.py": (1000, [7])}))
        assert result.problem == "below the threshold"
        assert result.missing == {"a/one.py": [7]}

    def test_a_pattern_without_a_file_is_refused(self) -> None:
        result = judge(Gate("x", 0, ("a/*", "gone.py")), report(**{"a/one.py": (1, [])}))
        assert result.problem == "no file matches gone.py"


class TestMain:
    @pytest.mark.parametrize(("missing", "code"), [([], 0), ([1], 1)])
    def test_the_exit_code_tells(
        self,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
        missing: list[int],
        code: int,
    ) -> None:
        monkeypatch.setattr(coverage_gate, "GATES", (Gate("all of it", 100, ("a.py",)),))
        (tmp_path / "coverage.json").write_text(json.dumps({"files": report(**{"a.py": (4, missing)})}))
        assert coverage_gate.main(tmp_path / "coverage.json") == code
        said = capsys.readouterr().out
        assert "all of it" in said
        assert ("a.py: 1" in said) == bool(code)

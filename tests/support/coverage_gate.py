"""Prints coverage by part of Pulse and fails below the thresholds: `python coverage_gate.py coverage.json`.

The report is slipcover's.
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Gate:
    """A part of the code, by patterns of file paths ("*" also matches "/"), and the percentage it must reach."""

    name: str
    percent: float
    patterns: tuple[str, ...]


GATES = (
    Gate("WB client", 100, ("services/ingestor/src/ingestor/wb/*",)),
    Gate("sync engine", 100, ("services/ingestor/src/ingestor/sync/*",)),
    Gate("cache", 100, ("infra/servicekit/src/servicekit/cache.py",)),
    Gate("gateway", 95, ("services/gateway/src/gateway/*",)),
    Gate("ingestor", 80, ("services/ingestor/src/ingestor/*",)),
    Gate("reporter", 100, ("services/reporter/src/reporter/*",)),
    Gate("notifier", 80, ("services/notifier/src/notifier/*",)),
    Gate("audit", 95, ("services/audit/src/audit/*",)),
    Gate("bot", 80, ("services/bot/src/bot/*",)),
    Gate("contracts", 80, ("contracts/src/contracts/*",)),
    Gate("servicekit", 80, ("infra/servicekit/src/servicekit/*",)),
    Gate("wbsim", 80, ("infra/wbsim/src/wbsim/*",)),
    Gate("tgsim", 80, ("infra/tgsim/src/tgsim/*",)),
    Gate("local", 80, ("infra/local/src/local/*",)),
    Gate("observability", 95, ("infra/observability/src/observability/*",)),
    Gate("demo", 80, ("infra/demo/src/demo/*",)),
    Gate("everything", 80, ("*",)),
)


@dataclass(frozen=True)
class Result:
    """What a gate found: lines run of lines there, the uncovered ones by file, and what is wrong, if anything."""

    gate: Gate
    covered: int
    statements: int
    missing: Mapping[str, list[int]]
    problem: str | None

    @property
    def percent(self) -> float:
        return 100 * self.covered / self.statements if self.statements else 0.0


def judge(gate: Gate, files: Mapping[str, Any]) -> Result:
    """Applies a gate to the "files" of the report; a pattern that matches no file is a problem."""
    empty = [pattern for pattern in gate.patterns if not any(fnmatchcase(path, pattern) for path in files)]
    mine = {
        path: report for path, report in files.items() if any(fnmatchcase(path, pattern) for pattern in gate.patterns)
    }
    covered = sum(report["summary"]["covered_lines"] for report in mine.values())
    statements = covered + sum(report["summary"]["missing_lines"] for report in mine.values())
    missing = {path: report["missing_lines"] for path, report in mine.items() if report["missing_lines"]}
    problem = None
    if empty:
        problem = f"no file matches {', '.join(empty)}"
    elif covered * 100 < gate.percent * statements:
        problem = "below the threshold"
    return Result(gate, covered, statements, missing, problem)


def main(report: Path) -> int:
    """Prints the table; 1 when any gate has a problem."""
    files = json.loads(report.read_text())["files"]
    results = [judge(gate, files) for gate in GATES]
    print(f"\n{'coverage':24} {'lines':>7} {'run':>8} {'needed':>8}")
    for result in results:
        mark = f"  <- {result.problem}" if result.problem else ""
        print(f"{result.gate.name:24} {result.statements:7} {result.percent:7.1f}% {result.gate.percent:7g}%{mark}")
    for result in results:
        if result.problem and result.gate.name != "everything":
            for path, lines in result.missing.items():
                print(f"  {path}: {', '.join(map(str, lines))}")
    return 1 if any(result.problem for result in results) else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

"""`make chaos`: every part in a process of its own, for so long at most; a table, then one JSON object.

`python -m chaos [PART …]` plays those alone, `seed=7` what a run before has played, `patience=3` lets each take three
times as long. What there is to lose, to double and to overdraw differs by part: `chaos.part`.
"""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.command import be_interrupted, given, say
from bench.parts import measure

PARTS: Mapping[str, float] = {
    "kills": 600.0,
    "holes": 900.0,
    "refusals": 400.0,
    "storms": 400.0,
    "headers": 400.0,
    "clocks": 400.0,
    "tokens": 400.0,
    "disconnects": 400.0,
    "ingestors": 400.0,
    "redis": 400.0,
    "limits": 400.0,
    "webhooks": 400.0,
    "notifiers": 400.0,
    "platform": 2_400.0,
    "poison": 400.0,
    "restarts": 1_500.0,
}
"""How many seconds each may take, on two cores that little else is done on."""

COLUMNS = ("changes", "faults", "lost", "duplicate_effects", "overdrawn")


@dataclass(frozen=True)
class Options:
    """How long parts may take, and what they draw from."""

    patience: float = 1.0
    seed: int = 0
    """0: the time, so that it is another one each time."""


def main(arguments: Sequence[str]) -> int:
    """Play the parts; 0 only if each ended and found nothing lost, doubled, overdrawn or otherwise wrong."""
    chosen = [argument for argument in arguments if "=" not in argument]
    options = given(Options(), [argument for argument in arguments if "=" in argument])
    if unknown := set(chosen) - set(PARTS):
        sys.exit(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    be_interrupted()
    seed = options.seed or time.time_ns() % 1_000_000
    found: dict[str, dict[str, Any]] = {}
    for part in chosen or PARTS:
        seconds = PARTS[part] * options.patience
        say(f"{part} begins; it may take {seconds:.0f} s")
        outcome = measure([sys.executable, "-m", "chaos.part", part, f"seed={seed}"], seconds=seconds)
        found[part] = {"is_clean": False, "problem": outcome.problem} if outcome.problem else json.loads(outcome.line)
        say(f"{part} {outcome.problem or 'ended'} after {outcome.seconds:.0f} s")
    _show(found)
    print(json.dumps({"seed": seed, **_added_up(found), "parts": found}), flush=True)
    return 0 if all(each["is_clean"] for each in found.values()) else 1


def _show(found: Mapping[str, Mapping[str, Any]]) -> None:
    print(f"{'':<12}" + "".join(f"{name.replace('_', ' '):>19}" for name in COLUMNS), file=sys.stderr)
    for part, counts in found.items():
        cells = "".join(f"{counts.get(name, ''):>19}" for name in COLUMNS)
        verdict = "" if counts["is_clean"] else f"  ! {counts.get('problem', 'see above')}"
        print(f"{part:<12}{cells}{verdict}", file=sys.stderr)


def _added_up(found: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """What parts count alike, added up; a time is the longest."""
    total: dict[str, float] = {}
    for counts in found.values():
        for name, count in counts.items():
            if isinstance(count, bool) or not isinstance(count, (int, float)):
                continue
            before = total.get(name, 0)
            total[name] = max(before, count) if name.endswith("_s") else before + count
    return total


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

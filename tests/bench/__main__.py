"""`make bench`: every part in a process of its own, for so long at most; a table, then one JSON object.

`python -m bench [PART …]` measures those alone, `patience=3` lets each take three times as long. A part that fails or
does not end in time is told so in its place, and the rest goes on; then the exit code is 1.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.command import be_interrupted, given, say, show
from bench.figures import Figures, entry
from bench.parts import measure

PARTS: Mapping[str, float] = {
    "flow": 240.0,
    "pages": 420.0,
    "folding": 300.0,
    "relay": 180.0,
    "gateway": 240.0,
    "gateway_reads": 1200.0,
    "staleness": 180.0,
    "flooding": 180.0,
    "sending": 180.0,
    "burst": 1200.0,
    "notifying": 300.0,
    "draining": 900.0,
    "bot": 180.0,
    "lanes": 480.0,
    "replaying": 900.0,
    "day_turn": 180.0,
    "cabinets": 900.0,
    "cabinet_hour": 720.0,
    "auditing": 1500.0,
    "observing": 600.0,
}
"""How many seconds each may take, on two cores that little else is done on."""


@dataclass(frozen=True)
class Limits:
    """How long parts may take."""

    patience: float = 1.0
    """So many times as long as `PARTS` says: more where other work runs beside."""


def main(arguments: Sequence[str]) -> int:
    """Measure the parts and print what was found; 1 if one of them did not end well."""
    chosen = [argument for argument in arguments if "=" not in argument]
    limits = given(Limits(), [argument for argument in arguments if "=" in argument])
    if unknown := set(chosen) - set(PARTS):
        sys.exit(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    be_interrupted()
    figures: Figures = {}
    failed = False
    for part in chosen or PARTS:
        seconds = PARTS[part] * limits.patience
        say(f"{part} begins; it may take {seconds:.0f} s")
        outcome = measure([sys.executable, "-m", f"bench.{part}"], seconds=seconds)
        failed |= outcome.problem is not None
        figures |= {part: entry(None, None, outcome.problem)} if outcome.problem else json.loads(outcome.line)
        say(f"{part} {outcome.problem or 'ended'} after {outcome.seconds:.0f} s")
    show(figures)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

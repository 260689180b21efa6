"""`make bench`: every part in a process of its own, for so long at most; a table, then one JSON object.

`python -m bench [PART …]` measures those alone. A part that fails or does not end in time is told so in its place, and
the rest goes on; then the exit code is 1.
"""

import json
import sys
from collections.abc import Mapping, Sequence

from bench.command import say, show
from bench.figures import Figures, entry
from bench.parts import measure

PARTS: Mapping[str, float] = {
    "flow": 240.0,
    "pages": 420.0,
    "folding": 300.0,
    "relay": 180.0,
    "sending": 180.0,
    "lanes": 480.0,
    "replaying": 900.0,
    "day_turn": 180.0,
}
"""How many seconds each may take: some five times as long as it takes on two cores that are idle."""


def main(chosen: Sequence[str]) -> int:
    """Measure the parts and print what was found; 1 if one of them did not end well."""
    if unknown := set(chosen) - set(PARTS):
        sys.exit(f"no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    figures: Figures = {}
    failed = False
    for part in chosen or PARTS:
        say(f"{part} begins; it may take {PARTS[part]:.0f} s")
        outcome = measure([sys.executable, "-m", f"bench.{part}"], seconds=PARTS[part])
        failed |= outcome.problem is not None
        figures |= {part: entry(None, None, outcome.problem)} if outcome.problem else json.loads(outcome.line)
        say(f"{part} {outcome.problem or 'ended'} after {outcome.seconds:.0f} s")
    show(figures)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

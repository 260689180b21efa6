"""`make chaos`: 2,000 changes while each service is killed -9 three times; then a shop of which something is hidden."""

import json
import sys
import time

from chaos.holes import run_holes
from chaos.kills import run_kills

CHANGES = 2_000
RATE = 20.0
KILLS_PER_SERVICE = 3
HIDDEN_FROM = 6_000
"""Orders of the shop of which Wildberries hides a part."""


def main() -> int:
    """Run, print a table and the summary; 0 only if nothing was lost and no effect doubled."""
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - began:6.1f} s] {text}", flush=True)

    outcome = run_kills("chaos", changes=CHANGES, rate=RATE, kills_per_service=KILLS_PER_SERVICE, say=say)
    print(f"\n{'killed':<10} first change told again after")
    for kill in outcome.kills:
        print(f"{kill.service:<10} {kill.recovery_seconds:6.2f} s")
    print(f"\n{outcome.changes} changes, {outcome.messages} messages, {outcome.syncs_accepted} syncs accepted")
    for name, count in outcome.effects.by_kind.items():
        print(f"{name:<40} {count:>5}")
    print(f"{'attempts begun and never ended':<40} {len(outcome.effects.unfinished_attempts):>5}")
    for srid, kind in outcome.duplicates:
        traced = "untraced" if (srid, kind) in outcome.untraced else "its first attempt never ended"
        print(f"told twice: {kind} {srid}: {traced}")
    for problem in outcome.lost[:20]:
        print("! lost:", problem)
    mended = run_holes("holes", orders=HIDDEN_FROM, seed=int(began), say=say)
    print(f"\n{'hidden':<12} {'rows':>6} {'named':>6} {'left':>6}")
    for name, rows in mended.missing.items():
        print(f"{name:<12} {rows:>6} {mended.named[name]:>6} {mended.left[name]:>6}")
    for day in mended.unnamed_days[:20]:
        print("! not named:", day)
    print(json.dumps(outcome.as_dict() | mended.as_dict()))
    return 0 if outcome.is_clean and mended.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())

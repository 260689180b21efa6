"""Everything that can go wrong with a whole Pulse, one after the other while shops change, and what came of it."""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from random import Random

from bench.command import say as progress
from demo.accounting import percentile
from demo.installation import wait_until
from local.kind import Progress

from chaos.asking import Asked, asking
from chaos.catalogue import Fault, drawn, is_possible
from chaos.reckoning import Reckoning, reckon
from chaos.world import Sizes, World, world

CHANGES = 10_000
FAULTS = 30
RATE = 20.0
MIN_AGE_SECONDS = 45.0
"""An order is changed again only long after every fault that could have hidden its earlier version has healed."""

AFTERWARDS_SECONDS = 5.0
"""Changes go on for so long after the last fault at least: by them it is seen that all is well again."""

Counts = dict[str, int | float | None]


@dataclass(frozen=True)
class Struck:
    """A fault that was struck: between which moments (Unix seconds), and after how many changes."""

    fault: Fault
    began_at: float
    over_at: float
    changes: int
    told_after: float = 0.0
    """Seconds until the first change that Wildberries answered with after it was in Telegram."""
    answered_after: float = 0.0
    """Seconds until the gateway answered a request that was sent after it."""
    failed_requests: int = 0

    @property
    def recovery_seconds(self) -> float:
        """Until all of it serves again."""
        return max(self.told_after, self.answered_after)


@dataclass(frozen=True)
class Outcome:
    """What came of a run."""

    reckoning: Reckoning
    struck: Sequence[Struck]
    asked: Asked
    poisoned: int
    repeated: int
    stepped: int
    started_again: int
    """Processes that ended by themselves."""

    @property
    def failed_while_planned(self) -> int:
        """Requests that failed while a service was replaced as planned."""
        return sum(each.failed_requests for each in self.struck if each.fault.is_planned)

    @property
    def is_clean(self) -> bool:
        """Nothing lost, doubled or failed that should not, and every repeated message is explained."""
        found = self.reckoning
        wrong = found.lost or found.doubled or found.effects.doubled or found.untraced or self.failed_while_planned
        return not wrong and found.account.changes > 0

    def as_dict(self) -> Counts:
        """For JSON."""
        found = self.reckoning
        recoveries = [each.recovery_seconds for each in self.struck]
        return {
            "changes": found.account.changes,
            "other_changes": self.stepped,
            "faults": len(self.struck),
            "lost": len(found.lost),
            "duplicate_effects": found.effects.doubled + len(found.doubled),
            "duplicate_messages": len(found.duplicates),
            "duplicate_messages_untraced": len(found.untraced),
            "requests": len(self.asked.answers),
            "failed_requests": len([each for each in self.asked.answers if each.problem]),
            "failed_requests_at_upgrades": self.failed_while_planned,
            "poison_in_dead_queues": self.poisoned,
            "events_given_again": self.repeated,
            "processes_that_ended_by_themselves": self.started_again,
            "recovery_p50_s": percentile(recoveries, 0.5),
            "recovery_p99_s": percentile(recoveries, 0.99),
        }


def show_whole(seed: int) -> tuple[Counts, bool]:
    """The whole of it with a table for who watches: what is counted, and whether nothing is wrong."""
    rng = Random(seed)
    outcome = run_whole(
        "platform", drawn(FAULTS, rng), changes=CHANGES, rate=RATE, sizes=Sizes(), rng=rng, say=progress
    )
    print("\n".join(table(outcome)), file=sys.stderr)
    return outcome.as_dict(), outcome.is_clean


def run_whole(
    prefix: str, faults: Sequence[Fault], *, changes: int, rate: float, sizes: Sizes, rng: Random, say: Progress
) -> Outcome:
    """Make `changes` order changes at `rate` a second while these faults strike, spread evenly over the changes."""
    with world(prefix, sizes, rng, say) as its:
        with asking(its) as asked, its.stepping() as stepped:
            its.live(rate, min_age_seconds=MIN_AGE_SECONDS)
            struck = []
            for number, fault in enumerate(faults):
                due = changes * (number + 1) / (len(faults) + 1)
                wait_until("changes are made", partial(_have_been_made, its, due), changes / rate + 600)
                if is_possible(fault, its):
                    struck.append(_strike(its, fault))
            last = max(changes, its.made() + rate * AFTERWARDS_SECONDS)
            wait_until("all changes are made", partial(_have_been_made, its, last), changes / rate + 600)
            its.live(0, min_age_seconds=MIN_AGE_SECONDS)
            # What comes after the last fault is still to be answered.
            time.sleep(1)
        say(f"{its.made()} changes are made")
        reckoning = reckon(its, asked.accepted)
        return Outcome(
            reckoning=reckoning,
            struck=[_recovered(each, reckoning, asked) for each in struck],
            asked=asked,
            poisoned=sum(its.poisoned.values()),
            repeated=its.repeated,
            stepped=stepped.total(),
            started_again=its.fleet.ended_by_themselves.total(),
        )


def _have_been_made(its: World, changes: float) -> bool:
    return its.made() >= changes


def _strike(its: World, fault: Fault) -> Struck:
    changes, began_at = its.made(), time.time()
    fault.strike(its)
    # What is killed is over at once: it is started again in the same moment.
    over_at = time.time()
    its.say(f"{changes:>6} changes: {fault.name}, {over_at - began_at:.1f} s")
    return Struck(fault, began_at, over_at, changes)


def _recovered(struck: Struck, reckoning: Reckoning, asked: Asked) -> Struck:
    return Struck(
        struck.fault,
        struck.began_at,
        struck.over_at,
        struck.changes,
        told_after=reckoning.told_after(struck.over_at),
        answered_after=asked.answered_after(struck.over_at),
        failed_requests=len(asked.failed(struck.began_at, struck.over_at)),
    )


def table(outcome: Outcome) -> list[str]:
    """Lines for who watches."""
    lines = [f"{'fault':<32} {'at change':>9} {'lasted':>8} {'told after':>11} {'answers after':>14} {'failed':>7}"]
    for each in outcome.struck:
        lines.append(
            f"{each.fault.name:<32} {each.changes:>9} {each.over_at - each.began_at:>6.1f} s {each.told_after:>9.2f} s"
            f" {each.answered_after:>12.2f} s {each.failed_requests:>7}"
        )
    found = outcome.reckoning
    lines += [f"{name:<40} {count:>8}" for name, count in outcome.as_dict().items()]
    lines += [f"{name:<40} {count:>8}" for name, count in found.effects.by_kind.items()]
    lines.append(f"{'attempts begun and never ended':<40} {len(found.effects.unfinished_attempts):>8}")
    for srid in found.duplicates:
        traced = "untraced" if srid in found.untraced else "its first attempt never ended"
        lines.append(f"told twice: {srid}: {traced}")
    lines += [f"! lost: {problem}" for problem in found.lost[:20]]
    lines += [f"! doubled: {problem}" for problem in found.doubled[:20]]
    planned = [each for each in outcome.struck if each.fault.is_planned]
    failed = [answer for each in planned for answer in outcome.asked.failed(each.began_at, each.over_at)]
    return lines + [f"! failed at an upgrade: {answer.problem}" for answer in failed[:20]]

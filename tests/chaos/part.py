"""`python -m chaos.part NAME [seed=7]`: one part, on servers of its own; its counts as one line of JSON, the last."""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import redis.asyncio
from bench.command import be_interrupted, bench_servers, say
from servicekit.topology import declare_topology
from support.databases import fresh_databases

from chaos.cabinets import disconnected_cabinets, replaced_tokens
from chaos.clocks import MACHINES, wrong_clocks
from chaos.holes import show_holes
from chaos.kills import show_kills
from chaos.notifiers import show_notifiers
from chaos.poisoned import show_poisoned
from chaos.processes import forgetful_redis, killed_ingestors, laxer_ingestors
from chaos.refusals import enormous, lies, storms, unexplained
from chaos.restarts import show_restarts
from chaos.scene import Mischief, Outcome, Sizes, play
from chaos.webhooks import forged_webhooks
from chaos.whole import show_whole

Counts = Mapping[str, float | None]

SIZES = Sizes()


@dataclass(frozen=True)
class Part:
    """What goes wrong in it, with which sizes and settings of single ingestors."""

    mischiefs: Sequence[Mischief]
    sizes: Sizes = SIZES
    settings_of: Sequence[Mapping[str, str]] = ()


SCENES: Mapping[str, Part] = {
    "refusals": Part((unexplained, lies)),
    "storms": Part((storms,)),
    "headers": Part((enormous,), replace(SIZES, shops=3)),
    "clocks": Part((wrong_clocks,), settings_of=MACHINES),
    "tokens": Part((replaced_tokens,)),
    "disconnects": Part((disconnected_cabinets,)),
    "ingestors": Part((killed_ingestors,)),
    "redis": Part((forgetful_redis,)),
    "limits": Part((laxer_ingestors,), replace(SIZES, ingestors=1)),
    "webhooks": Part((forged_webhooks,), replace(SIZES, seconds=30)),
}
WHOLE: Mapping[str, Callable[[int], tuple[Counts, bool]]] = {
    "kills": show_kills,
    "holes": show_holes,
    "notifiers": show_notifiers,
    "platform": show_whole,
    "poison": show_poisoned,
    "restarts": show_restarts,
}
"""Parts that start their servers themselves."""


def main(arguments: Sequence[str]) -> int:
    """Play it; 0 only if nothing was lost, doubled or overdrawn."""
    name, *options = arguments
    seed = int(dict(option.split("=") for option in options).get("seed", time.time_ns() % 1_000_000))
    be_interrupted()
    say(f"{name}, seed={seed}")
    if name in WHOLE:
        counts, is_clean = WHOLE[name](seed)
    else:
        with bench_servers():
            outcome = asyncio.run(_on_its_own(SCENES[name], seed))
        _show(outcome)
        counts, is_clean = outcome.as_dict(), outcome.is_clean
    print(json.dumps({"is_clean": is_clean, **counts}), flush=True)
    return 0


async def _on_its_own(part: Part, seed: int) -> Outcome:
    await declare_topology(os.environ["RABBITMQ_URL"])
    env = {name: os.environ[name] for name in ("REDIS_URL", "RABBITMQ_URL")} | {"REDIS_KEY_PREFIX": f"chaos:{seed}:"}
    async with (
        fresh_databases(os.environ["DATABASE_URL"]) as databases,
        redis.asyncio.from_url(os.environ["REDIS_URL"]) as client,
    ):
        database = await databases.connect("ingestor")
        env["DATABASE_URL"] = databases.urls["ingestor"]
        try:
            return await play(
                part.mischiefs,
                database,
                client,
                env,
                sizes=part.sizes,
                seed=seed,
                say=say,
                settings_of=part.settings_of,
            )
        finally:
            await database.close()


def _show(outcome: Outcome) -> None:
    rows = {**outcome.done, "changes": outcome.changes, "answers 429": outcome.refused, "overdrawn": outcome.overdrawn}
    for name, count in {**rows, "lost": len(outcome.lost), "told twice": len(outcome.doubled)}.items():
        print(f"{name:<28} {count:>6}", file=sys.stderr)
    wrong = {"lost": outcome.lost, "doubled": outcome.doubled, "wrong": outcome.problems}
    for name, problems in wrong.items():
        for problem in problems[:20]:
            print(f"! {name}: {problem}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

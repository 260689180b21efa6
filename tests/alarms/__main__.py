"""`python -m alarms`: breaks a running installation in one way after another, and waits for the alerts of it.

Ends with 0 if each fired while it was broken and ended after it was mended, with 1 if not. The last line is one JSON
object with what was seen. Words are parts of names of trials; `haste=8` makes the spans of rules that much shorter.
Words that are in no name end it at once with 2, and with the names.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass, field

from bench.command import be_interrupted
from demo.installation import Installation, NotReady, installation

from alarms.data import DATA
from alarms.figures import TRIALS_OF_FIGURES
from alarms.messages import MESSAGES
from alarms.reads import TRIALS_OF_READS
from alarms.smaller import SMALLER, webhook_settings
from alarms.trial import Trial
from alarms.trials import TRIALS, busy
from alarms.watching import firing, hasten, verdict

POLL_SECONDS = 1.0
FIRE_SECONDS, END_SECONDS = 900, 900
STEADY_SECONDS = 30
"""Of a life without troubles, before the first."""

EVERY = (*TRIALS, *SMALLER, *DATA, *MESSAGES, *TRIALS_OF_READS, *TRIALS_OF_FIGURES)


@dataclass
class Seen:
    """What was seen of a trial; seconds after it was broken, or mended."""

    trial: str
    fired: dict[str, int] = field(default_factory=dict)
    also: set[str] = field(default_factory=set)
    """What fired besides."""
    page: str = ""
    ended: dict[str, int] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)
    """What did not fire."""
    lasting: set[str] = field(default_factory=set)
    """What did not end."""
    error: str = ""
    """Why it could not be tried."""


def play(pulse: Installation, trial: Trial, haste: float, patience: float) -> Seen:
    """Break it, wait, mend it, wait."""
    remembering = remembered(haste, patience)
    seen = Seen(trial.name)
    before = firing(pulse)
    began = time.monotonic()
    with trial.broken(pulse):
        while trial.alerts - seen.fired.keys() and time.monotonic() - began < FIRE_SECONDS * patience:
            now = firing(pulse)
            seen.also |= now - trial.alerts - before
            seen.fired |= {
                name: round(time.monotonic() - began) for name in now & trial.alerts if name not in seen.fired
            }
            time.sleep(POLL_SECONDS)
        seen.page = verdict(pulse)
        seen.missing = set(trial.alerts - seen.fired.keys())
    mended = time.monotonic()
    waited = (seen.fired.keys() | seen.also) - before
    while waited - seen.ended.keys() - remembering and time.monotonic() - mended < END_SECONDS * patience:
        now = firing(pulse)
        gone = waited - now - seen.ended.keys()
        seen.ended |= {name: round(time.monotonic() - mended) for name in sorted(gone)}
        time.sleep(POLL_SECONDS)
    seen.lasting = set(waited - seen.ended.keys()) & trial.alerts - remembering
    return seen


OBJECTIVES = ("ApiFails", "ApiIsSlow", "SyncsFail", "MessagesAreLate", "DataIsOld", "CacheMisses")
LOOKS_BACK_HOURS = dict.fromkeys(OBJECTIVES, 6) | {"HintsUnknown": 24, "NightsFail": 72}
"""How long after their cause alerts end that remember it."""


def remembered(haste: float, patience: float) -> set[str]:
    """Alerts that end so long after their cause that nobody waits for it."""
    longest = END_SECONDS * patience * 2 / 3
    return {name for name, hours in LOOKS_BACK_HOURS.items() if hours * 3600 / haste > longest}


def asked(words: list[str]) -> tuple[list[Trial], float, float]:
    """The trials, the haste and the patience. Exits with 2 where a word means nothing, and with 0 after help."""
    names = "trials:\n" + "\n".join(f"  {trial.name}: {', '.join(sorted(trial.alerts))}" for trial in EVERY)
    parser = argparse.ArgumentParser(
        prog="alarms", description=__doc__, epilog=names, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("words", nargs="*", help="part of a trial's name (default: all trials); haste=8; patience=3")
    given = parser.parse_args(words).words
    options = dict(word.split("=", 1) for word in given if "=" in word)
    parts = [word for word in given if "=" not in word]
    unknown = [part for part in parts if not any(part in trial.name for trial in EVERY)]
    unknown += sorted(options.keys() - {"haste", "patience"})
    if unknown:
        parser.exit(2, f"alarms: no trial or setting is called {', '.join(unknown)}\n{names}\n")
    try:
        haste, patience = float(options.get("haste", 1)), float(options.get("patience", 1))
    except ValueError as error:
        parser.error(str(error))
    # In the order of the words, each once.
    chosen = list(dict.fromkeys(trial for part in parts or [""] for trial in EVERY if part in trial.name))
    return chosen, haste, patience


def main(words: list[str]) -> int:
    """The exit code."""
    chosen, haste, patience = asked(words)
    outcome = []
    be_interrupted()
    with installation(
        "alarms",
        history_orders=50,
        progress=say,
        has_bot=True,
        lasting=True,
        is_observed=True,
        env={"PROMETHEUS": "on", "HEAD_MINUTES": "1", **webhook_settings()},
    ) as pulse:
        if pulse.platform.prometheus_url is None:
            say("alarms: no Prometheus is here, and none could be fetched")
            return 1
        try:
            pulse.connect_cabinet(say)
        except NotReady as late:
            say(f"{late}: on a busy machine the rest is loaded meanwhile")
        if haste != 1:
            hasten(pulse, haste)
        with busy(pulse):
            time.sleep(STEADY_SECONDS)
            for trial in chosen:
                say(f"{trial.name} …")
                try:
                    with trial.around(pulse):
                        seen = play(pulse, trial, haste, patience)
                except Exception as error:  # that one could not be tried says nothing of the others
                    seen = Seen(trial.name, missing=set(trial.alerts), error=repr(error))
                    say(f"  {seen.error}")
                say(f"  fired {seen.fired}; also {sorted(seen.also)}; page: {seen.page}")
                say(f"  ended {seen.ended}; missing {sorted(seen.missing)}; lasting {sorted(seen.lasting)}")
                outcome.append(seen)
    print(json.dumps([asdict(each) for each in outcome], default=sorted, ensure_ascii=False))
    return 1 if any(each.missing or each.lasting for each in outcome) else 0


def say(text: str) -> None:
    """A line for whoever waits."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

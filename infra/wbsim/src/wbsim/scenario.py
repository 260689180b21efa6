"""Scenario files: a simulator's start, its sellers and what happens to them in the course of time, as TOML."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wbsim import checks
from wbsim.buyers import Life, changed
from wbsim.config import Behaviour, Config
from wbsim.validation import Check, array, boolean, integer, number, one_of, record, text

Table = dict[str, Any]

_FAULT = {name: check for name, check in checks.FAULT.items() if name != "sid"}
_FAULT_NEEDS = frozenset({"path", "kind"})
DEEDS: dict[str, Check] = {
    "settings": record(checks.BEHAVIOUR),
    "fault": record(_FAULT, _FAULT_NEEDS),
    "faults_off": one_of(True),
    "orders": record({"count": checks.ORDERS["count"]}),
    "step": record(checks.STEP),
    "life": record(checks.LIFE),
    "standing": record(checks.STANDING),
}
"""What a timed action can do; `faults_off` removes all faults, `standing` is how WB sees the seller."""

_POSITIVE = number(1e-6)
_CONFIG = record(
    {
        "seed": integer(),
        "products": checks.SELLER["products"],
        "history_orders": checks.SELLER["history_orders"],
        "history_days": checks.SELLER["history_days"],
        "currency": checks.SELLER["currency"],
        "orders_per_day": number(0),
        "behind_seconds": number(0),
        "speed": _POSITIVE,
        "limits_factor": _POSITIVE,
        "allow_remote_control": boolean,
    }
)
_SELLER = record({**checks.SELLER, **checks.STANDING, "life": record(checks.LIFE)}, frozenset({"name"}))
_FILE = record(
    {
        "about": text,
        "config": _CONFIG,
        "behaviour": record(checks.BEHAVIOUR),
        "life": record(checks.LIFE),
        "sellers": array(_SELLER),
        "tokens": array(record({"label": text, "seller": text, **checks.TOKEN}, frozenset({"label"}))),
        "faults": array(record({"seller": text, **_FAULT}, _FAULT_NEEDS)),
        "actions": array(record({"at": number(0), "seller": text, **DEEDS}, frozenset({"at"}))),
    }
)


class BadScenario(Exception):
    """A file that is no scenario: the text names the file and the key."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario file as read. `config` holds the first seller; `actions` are in order of time.

    Tables name a seller in `seller`; without one they mean the first.
    """

    about: str
    config: Config
    life: Table
    sellers: tuple[Table, ...]
    tokens: tuple[Table, ...]
    faults: tuple[Table, ...]
    actions: tuple[Table, ...]


def read_scenario(path: Path) -> Scenario:
    """The scenario of a TOML file; BadScenario where it is none, or has a key or value that does not belong there."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadScenario(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise BadScenario(f"{path}: no TOML: {error}") from None
    problems = _FILE("", table) or [*_odd_actions(table), *_unknown_sellers(table), *_greedy_lives(table)]
    if problems:
        raise BadScenario("\n".join(f"{path}: {problem}" for problem in problems))
    behaviour = Behaviour()
    behaviour.change(table.get("behaviour", {}))
    return Scenario(
        about=table.get("about", ""),
        config=Config(**table.get("config", {}), behaviour=behaviour),
        life=table.get("life", {}),
        sellers=tuple(table.get("sellers", ())),
        tokens=tuple(table.get("tokens", ())),
        faults=tuple(table.get("faults", ())),
        actions=tuple(_in_time(table)),
    )


def _in_time(table: Table) -> list[Table]:
    return sorted(table.get("actions", ()), key=lambda action: float(action["at"]))


def _odd_actions(table: Table) -> list[str]:
    return [
        f"actions[{place}]: must do exactly one of {', '.join(DEEDS)}"
        for place, action in enumerate(table.get("actions", ()))
        if len(action.keys() & DEEDS.keys()) != 1
    ]


def _unknown_sellers(table: Table) -> list[str]:
    known = [seller["name"] for seller in table.get("sellers", ())]
    twice = [f"sellers[{place}].name: given twice" for place, name in enumerate(known) if name in known[:place]]
    return twice + [
        f"{part}[{place}].seller: no such seller"
        for part in ("tokens", "faults", "actions")
        for place, entry in enumerate(table.get(part, ()))
        if "seller" in entry and entry["seller"] not in known
    ]


def _greedy_lives(table: Table) -> list[str]:
    """Habits whose shares come to more than 1, at the start or when an action changes them."""
    lives: dict[str | None, Life] = {}
    given: list[tuple[str, str | None, Mapping[str, float]]] = [("life", None, table.get("life", {}))]
    for place, seller in enumerate(table.get("sellers", ())):
        given.append((f"sellers[{place}].life", seller["name"], seller.get("life", {})))
    for action in _in_time(table):
        place = table["actions"].index(action)
        given.append((f"actions[{place}].life", action.get("seller"), action.get("life", {})))
    problems = []
    for where, seller, habits in given:
        try:
            lives[seller] = changed(lives.get(seller, Life()), habits)
        except ValueError as error:
            problems.append(f"{where}: {error}")
    return problems

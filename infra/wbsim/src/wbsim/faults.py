"""Faults that can be switched on for a path, and the damage a broken row takes."""

import json
from dataclasses import asdict, dataclass, field
from itertools import count
from random import Random
from typing import Any, Literal, get_args

FaultKind = Literal[
    "status",
    "timeout",
    "slow",
    "cut",
    "html",
    "text",
    "huge",
    "wrong_type",
    "broken_row",
    "global_limit",
    "switched_off",
]
FAULT_KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
DEFAULTS: dict[FaultKind, dict[str, Any]] = {
    "html": {"status": 200},
    "text": {"status": 400},
    "timeout": {"seconds": 60.0},
}
"""What a fault of a kind is unless told otherwise, where that differs from the fields of Fault."""


@dataclass(slots=True)
class Fault:
    """One fault: strikes requests whose path begins with `path`, `times` times or until removed.

    `shape` is the service whose error body a `status` fault answers with (`wbsim.errors.SHAPES`), None for one
    fitting the status; `size` is what a `huge` answer has, in bytes.
    """

    id: int
    path: str
    kind: FaultKind
    status: int = 500
    shape: str | None = None
    seconds: float = 0.0
    size: int = 120_000_000
    times: int | None = None
    sid: str | None = None
    struck: int = 0


@dataclass(slots=True)
class Damage:
    """One row that was sent damaged: which, which field, and how."""

    fault_id: int
    path: str
    key: str
    field: str
    how: str
    at: float


@dataclass(slots=True)
class Faults:
    """The active faults of a simulator and the record of damaged rows."""

    rng: Random
    active: dict[int, Fault] = field(default_factory=dict)
    damaged: list[Damage] = field(default_factory=list)
    _ids: "count[int]" = field(default_factory=lambda: count(1))

    def add(self, kind: FaultKind, **what: Any) -> Fault:
        """Switch a fault on; the rest is that of Fault, by default as DEFAULTS has it."""
        fault = Fault(id=next(self._ids), kind=kind, **(DEFAULTS.get(kind, {}) | what))
        self.active[fault.id] = fault
        return fault

    def pending(self, path: str, bare_path: str, sid: str | None) -> list[Fault]:
        """The faults for a request, oldest first; `bare_path` is the path without its host prefix."""
        return [
            fault
            for fault in self.active.values()
            if (path.startswith(fault.path) or bare_path.startswith(fault.path)) and fault.sid in {None, sid}
        ]

    def strike(self, fault: Fault) -> None:
        """Count a request that the fault has hit; the last one switches it off."""
        fault.struck += 1
        if fault.times is not None and fault.struck >= fault.times:
            self.active.pop(fault.id, None)

    def listing(self) -> list[dict[str, Any]]:
        """The active faults as JSON objects."""
        return [asdict(fault) for fault in self.active.values()]


def damage(rng: Random, body: bytes, identity: str, numbers: tuple[str, ...]) -> tuple[bytes, str, str]:
    """A row spoiled in one of four ways: the damaged row, the field and the way."""
    row = json.loads(body)
    how = rng.choice(("missing_key", "null_key", "wrong_type", "garbage_number"))
    spoiled = identity if how in {"missing_key", "null_key"} else rng.choice(numbers)
    if how == "missing_key":
        del row[spoiled]
    elif how == "null_key":
        row[spoiled] = None
    elif how == "wrong_type":
        row[spoiled] = {"value": row[spoiled]}
    else:
        row[spoiled] = f"{rng.randrange(10)}O{rng.randrange(100)},,x"
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode(), spoiled, how

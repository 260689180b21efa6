"""Faults that can be switched on for a path, and the damage a broken row takes."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from itertools import count
from random import Random
from typing import Any, Literal, get_args

FaultKind = Literal[
    "status",
    "timeout",
    "slow",
    "unheard",
    "cut",
    "html",
    "text",
    "huge",
    "wrong_type",
    "broken_row",
    "spoilt_row",
    "renamed",
    "empty",
    "refused_ids",
    "refused_days",
    "nothing",
    "poisoned",
    "global_limit",
    "switched_off",
    "dropped_pages",
    "held_back",
    "missing_days",
    "outage",
    "trickle",
]
FAULT_KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
Spoilt = Literal["half_emoji", "no_utf8", "control", "nul", "nan", "loose_quotes", "number_for_text", "odd_text"]
SPOILT: tuple[Spoilt, ...] = get_args(Spoilt)
Nothing = Literal["null", "empty", "text", "object", "array", "refusal"]
NOTHINGS: tuple[Nothing, ...] = get_args(Nothing)
Poison = Literal["future", "past"]
POISONS: tuple[Poison, ...] = get_args(Poison)
Outage = Literal["bad_gateway", "unavailable", "silence", "cut"]
OUTAGES: tuple[Outage, ...] = get_args(Outage)
DEFAULTS: dict[FaultKind, dict[str, Any]] = {
    "html": {"status": 200},
    "text": {"status": 400},
    "timeout": {"seconds": 60.0},
    "unheard": {"seconds": 60.0},
    "outage": {"seconds": 60.0},
    "trickle": {"seconds": 5.0},
    "refused_ids": {"status": 400, "shape": "promotion"},
    "refused_days": {"status": 400, "shape": "promotion"},
}
"""What a fault of a kind is unless told otherwise, where that differs from the fields of Fault."""


@dataclass(slots=True)
class Fault:
    """One fault: strikes requests whose path begins with `path`, `times` times, or for so long, or until removed.

    `host` narrows it to the methods of one host, however they are reached; it `lasts` so many simulated seconds.
    `shape` is the service whose error body a `status` fault answers with (`wbsim.errors.SHAPES`), None for one
    fitting the status; `size` is what a `huge` answer has, in bytes; `how` is what becomes of a `spoilt_row`, by turns
    if it is None, and so the spelling of `nothing` and what is `poisoned`; `field` is what a `renamed` answer calls
    otherwise, None for what identifies a row; `ids` and `days` (UTC) are those of which a request may name none;
    `wait` is what a 429 says instead of `seconds`, in words of its own; `share` is how many pages are `dropped_pages`,
    or rows `held_back`, and `days` (Moscow) are those of which rows are missing (`wbsim.withholding`).
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
    host: str | None = None
    lasts: float | None = None
    until: float | None = None
    """When it ends by itself, in simulated Unix seconds."""
    how: Spoilt | Nothing | Poison | Outage | None = None
    field: str | None = None
    ids: tuple[int, ...] = ()
    days: tuple[str, ...] = ()
    wait: str | None = None
    share: float = 1.0
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
    now: Callable[[], float]
    """The simulated time in Unix seconds."""
    active: dict[int, Fault] = field(default_factory=dict)
    damaged: list[Damage] = field(default_factory=list)
    _ids: "count[int]" = field(default_factory=lambda: count(1))

    def add(self, kind: FaultKind, **what: Any) -> Fault:
        """Switch a fault on; the rest is that of Fault, by default as DEFAULTS has it."""
        fault = Fault(id=next(self._ids), kind=kind, **(DEFAULTS.get(kind, {}) | what))
        if fault.lasts is not None:
            fault.until = self.now() + fault.lasts
        self.active[fault.id] = fault
        return fault

    def pending(self, path: str, bare_path: str, sid: str | None, host: str | None) -> list[Fault]:
        """The faults for a request, oldest first; `bare_path` is the path without its host prefix.

        `host` is where the method lives; None: everywhere.
        """
        self._end_those_over()
        return [
            fault
            for fault in self.active.values()
            if (path.startswith(fault.path) or bare_path.startswith(fault.path))
            and fault.sid in {None, sid}
            and fault.host in {None, host}
        ]

    def _end_those_over(self) -> None:
        if any(fault.until is not None for fault in self.active.values()):
            now = self.now()
            self.active = {i: fault for i, fault in self.active.items() if fault.until is None or fault.until > now}

    def strike(self, fault: Fault) -> None:
        """Count a request that the fault has hit; the last one switches it off."""
        fault.struck += 1
        if fault.times is not None and fault.struck >= fault.times:
            self.active.pop(fault.id, None)

    def listing(self) -> list[dict[str, Any]]:
        """The active faults as JSON objects."""
        self._end_those_over()
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


def rename(body: bytes, name: str) -> bytes:
    """A row that calls one of its fields otherwise; one that lacks it, or is spoilt already, is as it was."""
    try:
        row = json.loads(body)
    except ValueError:
        return body
    renamed = {f"{key}New" if key == name else key: value for key, value in row.items()}
    return json.dumps(renamed, ensure_ascii=False, separators=(",", ":")).encode()


NOTHING: dict[Nothing, tuple[int, bytes]] = {
    "null": (200, b"null"),
    "empty": (204, b""),
    "text": (200, b'""'),
    "object": (200, b"{}"),
    "array": (200, b"[]"),
    "refusal": (
        400,
        b'{"detail":"there are no statistics for this advertising period","origin":"camp-api-public-cache",'
        b'"status":400,"title":"invalid payload"}',
    ),
}
"""Status and body of an answer that says that there is nothing."""

_POISONED: dict[Poison, str] = {"future": "2099-12-31T23:59:59Z", "past": "0001-01-01T00:00:00Z"}
LEADING = ("lastChangeDate", "updatedAt", "createdDate", "dateTo")
"""Fields by which methods lead on."""


def poison(body: bytes, how: Poison) -> tuple[bytes, str]:
    """A row, or what stands beside rows, with a moment by which WB leads on that cannot be; which field ("": none)."""
    for name in LEADING:
        written, times = re.subn(rb'("%b"\s*:\s*)"[^"]*"' % name.encode(), rb'\1"%b"' % _POISONED[how].encode(), body)
        if times:
            return written, name
    return body, ""


_AS_TEXT: dict[Spoilt, bytes] = {
    "half_emoji": rb'"Shop \ud83d"',
    "no_utf8": b'"Shop \xff\xfe"',
    "control": b'"Shop \x01\t"',
    "nul": rb'"Shop \u0000"',
    "nan": b"NaN",
    "loose_quotes": b'"the "best" shop"',
    "number_for_text": b"5",
    "odd_text": b"[{}]",
}


def spoil(rng: Random, body: bytes, identity: str, how: Spoilt) -> tuple[bytes, str]:
    """A row one of whose texts is not as it should be, or not even JSON: the row, and the field."""
    row = json.loads(body)
    texts = [name for name, value in row.items() if isinstance(value, str) and name != identity and value[:1].isalpha()]
    spoilt = rng.choice(texts) if texts else "comment"
    row[spoilt] = stand_in = f"spoilt {rng.getrandbits(64):x}"
    written = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
    return written.replace(b'"%b"' % stand_in.encode(), _AS_TEXT[how], 1), spoilt

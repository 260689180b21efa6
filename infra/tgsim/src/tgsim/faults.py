"""Faults to order: the next calls that match are refused, left unanswered, slowed, or cut after acceptance."""

from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from tgsim.errors import Refusal, too_many_requests
from tgsim.params import Params
from tgsim.refusals import REFUSALS

KINDS = ("status", "refusal", "page", "timeout", "cut_after_accept", "slow")
_TYPES: dict[str, tuple[type, ...]] = {
    "kind": (str,), "method": (str, type(None)), "chat_id": (int, type(None)), "status": (int,),
    "description": (str, type(None)), "retry_after": (int, type(None)), "seconds": (int, float), "times": (int,),
    "refusal": (str, type(None)), "migrate_to_chat_id": (int, type(None)), "whole_bot": (bool,),
}  # fmt: skip


@dataclass
class Fault:
    """One ordered fault; `times` is how many matching calls it still takes, `seconds` how long it holds one."""

    kind: str
    method: str | None = None
    chat_id: int | None = None
    status: int = 500
    description: str | None = None
    retry_after: int | None = None
    seconds: float = 30.0
    times: int = 1
    refusal: str | None = None
    migrate_to_chat_id: int | None = None
    whole_bot: bool = False

    def meets(self, method: str, params: Params) -> bool:
        """Whether the call has what the fault is about."""
        if (self.method or method).lower() != method.lower():
            return False
        if self.chat_id not in (None, params.integer("chat_id")):
            return False
        about = REFUSALS[self.refusal].meets if self.refusal else "any"
        has = {
            "any": True,
            "photo": method == "sendPhoto",
            "upload": "photo" in params.files,
            "file_id": method == "sendPhoto" and "photo" in params.values,
            "buttons": bool(params.values.get("reply_markup")),
            "html": bool(params.values.get("parse_mode")),
        }
        return has[about]

    def answer(self) -> Refusal:
        """What a `status` or `refusal` fault answers; without a description, the standard phrase of the status."""
        if self.refusal is not None:
            known = REFUSALS[self.refusal]
            return Refusal(known.code, known.description, migrate_to_chat_id=self.migrate_to_chat_id)
        if self.description is None and self.status == HTTPStatus.TOO_MANY_REQUESTS:
            return too_many_requests(self.retry_after or 1)
        return Refusal(self.status, self.description or HTTPStatus(self.status).phrase, self.retry_after)


class Faults:
    """Ordered faults, the oldest matching one first."""

    def __init__(self) -> None:
        self._ordered: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Order a fault."""
        self._ordered.append(fault)

    def match(self, method: str, params: Params) -> Fault | None:
        """The fault this call should meet; it stays ordered until `spend`."""
        return next((fault for fault in self._ordered if fault.meets(method, params)), None)

    def spend(self, fault: Fault) -> None:
        """Count one call against the fault and drop it when it is used up."""
        fault.times -= 1
        if fault.times <= 0 and fault in self._ordered:
            self._ordered.remove(fault)

    def clear(self) -> None:
        """Drop all."""
        self._ordered.clear()

    def as_json(self) -> list[dict[str, Any]]:
        """What is still ordered."""
        return [asdict(fault) for fault in self._ordered]


def parse_fault(order: Any) -> Fault:
    """Read the body of `POST /_sim/faults`; raises ValueError naming what is wrong."""
    _expect(isinstance(order, dict), "a fault is a JSON object")
    for name, value in order.items():
        _expect(name in _TYPES, f"unknown field {name!r}")
        right_type = isinstance(value, _TYPES[name]) and isinstance(value, bool) == (_TYPES[name] == (bool,))
        _expect(right_type, f"field {name!r} has a value of the wrong type")
    _expect(order.get("kind") in KINDS, f"kind must be one of {', '.join(KINDS)}")
    fault = Fault(**order)
    _expect(fault.times >= 1 and fault.seconds >= 0, "times must be >= 1 and seconds >= 0")
    _expect((fault.kind == "refusal") == (fault.refusal is not None), "a refusal has the name of one in `refusal`")
    _expect(fault.refusal in (None, *REFUSALS), f"refusal must be one of {', '.join(REFUSALS)}")
    _expect(fault.status >= 400 and fault.status in set(HTTPStatus), "status must be an HTTP status >= 400")
    return fault


def _expect(condition: bool, reason: str) -> None:
    if not condition:
        raise ValueError(reason)

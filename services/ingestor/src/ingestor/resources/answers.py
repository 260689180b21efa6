"""Finding the rows of an answer; and that there are none, however WB spells it.

WB says "nothing" as an empty body, `null`, `""`, `{}`, `[]`, or an envelope whose list is null, empty or left out. A
list under another name is not nothing, nor is a figure or a word: an object without its list is an answer only if all
else in it is nothing too (`{"total": 0, "error": false, "errorText": ""}`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ingestor.wb.errors import said_in, says_nothing_there

ENVELOPE = "data"
"""What WB's services wrap an answer in, or cease to."""

_NOTHING = frozenset({b"", b"null", b'""', b"{}", b"[]"})
_NO_FIGURE = frozenset({b"0", b"false"})
_LONGEST_NOTHING = 64
_LONGEST_SAID = 4_000

_array = msgspec.json.Decoder(list[msgspec.Raw])
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])

Value = bytes | msgspec.Raw


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of an answer, and the fields that stand beside their list."""

    rows: list[msgspec.Raw] = field(default_factory=list)
    beside: Mapping[str, msgspec.Raw] = field(default_factory=dict)

    def get(self, name: str, kind: Any) -> Any:
        """A field beside the list; none if it is not there, or not what it should be."""
        try:
            return msgspec.json.decode(self.beside[name], type=kind)
        except (KeyError, msgspec.MsgspecError, UnicodeDecodeError):
            return None


def listed(body: Value, *path: str, instead: Collection[str] = ()) -> Listed:
    """The rows of the list that a path of names leads to (none: the answer is the list).

    An object that has a field named in `instead` is an answer without a list, whatever else it holds.

    Raises:
        msgspec.MsgspecError: the answer is none of this method, or an error in spite of its status.
    """
    beside: Mapping[str, msgspec.Raw] = {}
    held, names = body, list(path)
    while not is_nothing(held):
        if _first(held) == b"[" and not names:
            return Listed(_array.decode(held), beside)
        beside = _object.decode(held)
        if names and names[0] in beside and not is_flagged(beside):
            held = beside[names.pop(0)]
        elif ENVELOPE in beside and not is_flagged(beside):
            held = beside[ENVELOPE]
        elif not is_flagged(beside) and not beside.keys().isdisjoint(instead):
            break
        elif path and not names:
            raise msgspec.ValidationError(f"{path[-1]} is no list")
        else:
            must_be_nothing(beside, names[0] if names else "list")
            break
    return Listed([], beside)


def rows(body: Value, *path: str) -> list[msgspec.Raw]:
    """As `listed`, the rows only."""
    return listed(body, *path).rows


def is_nothing(value: Value) -> bool:
    """Whether a value of JSON is one of WB's spellings of nothing."""
    view = memoryview(value)
    return len(view) <= _LONGEST_NOTHING and b"".join(bytes(view).split()) in _NOTHING


def is_flagged(answer: Mapping[str, msgspec.Raw]) -> bool:
    """Whether an object says that it is an error."""
    return bytes(answer.get("error", b"")) == b"true"


def must_be_nothing(answer: Mapping[str, msgspec.Raw], sought: str) -> None:
    """Make sure that an object without what is sought in it says that there is nothing.

    Raises:
        msgspec.ValidationError: it is an error, or holds something else.
    """
    said = said_in({name: _plain(value) for name, value in answer.items()})
    if said is not None or is_flagged(answer) or "code" in answer:
        if said is None or not says_nothing_there(said):
            raise msgspec.ValidationError(f"an error with a status of success: {said or 'no reason given'}")
    elif not all(is_nothing(value) or bytes(value) in _NO_FIGURE for value in answer.values()):
        raise msgspec.ValidationError(f"no {sought}")


def _plain(value: msgspec.Raw) -> Any:
    return msgspec.json.decode(value) if len(memoryview(value)) <= _LONGEST_SAID else None


def _first(value: Value) -> bytes:
    return bytes(memoryview(value)[:_LONGEST_NOTHING]).lstrip()[:1]

"""Rows of a simulated shop, and what can be done to an answer that holds one of them."""

import copy
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

import msgspec
from wbsim.config import Behaviour, Config
from wbsim.stepping import STEPS, take_steps
from wbsim.truth import SECTIONS
from wbsim.world import make_world

from support.told import SAME_ROWS_AS, TOLD

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Spelt:
    """JSON, or what is none, as it is to be written."""

    text: bytes


@dataclass(frozen=True)
class Doubled:
    """An object that has one of its names twice, the second time with another value."""

    fields: dict[str, Any]
    name: str
    value: Any


NASTY: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 1.5, -0.0, 2**31 - 1, 2**31, -(2**31) - 1, 2**63 - 1, 2**63, -(2**63), 2**64, 10**30,
    "", " ", "0", "-", "1", "null", "NaN", "sNaN", "Infinity", "-Infinity", "1e5", "1E+999999", "1e-999999", "1_000",
    "9999999999999.99", "9999999999999.999", "10000000000000", "-9999999999999.995", "0.005", "-0.001", "1 039,5",
    "0001-01-01T00:00:00", "0001-13-01", "1999-12-31", "2000-01-01", "2026-W47-6", "2026-11-20T10:00:00.123456789Z",
    "2026-11-20T10:00:00+23:59", "2026-11-20T10:00:00-03:00:07", "2100-12-31T23:59:59-12:00", "2101-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z", "2026-02-30", "2026-11-20T24:00:00", "20.11.2026", "1700000000",
    "a\x00b", "\x00", "\\u0000", "\\\x00", "\x1f\x7f\u2028\ufeff\ufffe", "🚀" * 300, "я" * 5_000, "x" * 20_000,
    "".join(chr(0x4E00 + n * 7919 % 20_000) for n in range(1_500)),
    [], {}, [None], [[]], {"": None}, [{"id": 1}, 2, "3"], list(range(1_000)),
    Spelt(b"NaN"), Spelt(b"-Infinity"), Spelt(b"1e400"), Spelt(b"-1E-400"), Spelt(b"1" * 5_000),
    Spelt(b"0.1" + b"0" * 5_000), Spelt(b"1.0"), Spelt(b"-0"), Spelt(b"01"), Spelt(b"1e2"),
    Spelt(rb'"\ud800"'), Spelt(rb'"\udc00\ud800"'), Spelt(rb'"a\u0000b"'), Spelt(b'"\xff\xfe"'),
    Spelt(b'"\xed\xa0\x80"'), Spelt(b'"\x00"'), Spelt(b'"\t"'), Spelt(rb'"\q"'), Spelt(rb'"\ud83d\ude80"'),
    Spelt(b"[" * 90 + b"]" * 90), Spelt(b'{"a":' * 90 + b"1" + b"}" * 90), Spelt(b""), Spelt(b"{"), Spelt(b"undefined"),
)  # fmt: skip
"""Values that were none of WB's so far."""


ONE_ROW = frozenset({"advert_balance"})
"""Resources whose answer is a row."""


@cache
def rows_of_a_shop() -> dict[str, tuple[dict[str, Any], ...]]:
    """Some rows for each resource, all with keys of their own."""
    world = make_world(Config(seed=7, products=12, history_orders=80, behaviour=Behaviour(fbs_share=0.3)))
    shop, rng = world.shop(), Random(7)
    for section in STEPS:
        take_steps(shop, rng, shop.clock.now(), section=section, count=3)
    sections = {name: told.section for name, told in TOLD.items()}
    sections |= {name: sections[same] for name, same in SAME_ROWS_AS.items()}
    now = shop.clock.now()
    return {name: tuple(SECTIONS[section](shop, now)[:40]) for name, section in sections.items()}


def answer_of(resource: str, rows: Sequence[Any]) -> Any:
    """The answer of WB in which these rows lie."""
    return TOLD[SAME_ROWS_AS.get(resource, resource)].answer(copy.deepcopy(list(rows)))


def items_of(resource: str, answer: Any) -> list[Any]:
    """The list in which an answer has its rows, or what they are made of; of an answer that is a row, that row."""
    if isinstance(answer, list):
        return answer
    lists = (items_of("", value) for value in answer.values() if isinstance(value, dict | list))
    return [answer] if resource in ONE_ROW else next(lists, [])


def is_well_formed(body: bytes) -> bool:
    """Whether it is JSON as far as that is looked at before rows are."""
    try:
        msgspec.json.decode(body, type=msgspec.Raw)
    except msgspec.MsgspecError:
        return False
    return True


def mutated(rng: Random, value: Any, put_in: Any = None) -> Any:
    """A copy in which one to three things are different; `put_in` is among them, if it is given."""
    changed = copy.deepcopy(value)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        found = [place for place in places(changed) if place]
        if not found:
            break
        new = rng.choice(NASTY) if put_in is None else put_in
        changed = _changed(rng, changed, rng.choice(found), copy.deepcopy(new))
        put_in = None
    return changed


def _changed(rng: Random, whole: Any, at: Path, value: Any) -> Any:
    parent = whole
    for name in at[:-1]:
        parent = parent[name]
    match rng.randrange(6):
        case 0:
            del parent[at[-1]]
        case 1:
            parent[at[-1]] = [parent[at[-1]]]
        case 2 if isinstance(parent, dict):
            twice = Doubled(parent, str(at[-1]), value)
            if len(at) == 1:
                return twice
            put(whole, at[:-1], twice)
        case _:
            parent[at[-1]] = value
    return whole


def put(whole: Any, at: Path, value: Any) -> None:
    """Put another value at a place."""
    for name in at[:-1]:
        whole = whole[name]
    whole[at[-1]] = value


def places(value: Any, at: Path = ()) -> Iterator[Path]:
    """Every place in a value, the whole among them; of long lists the first 200."""
    yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in list(items)[:200]:
        yield from places(item, (*at, name))


def written(value: Any) -> bytes:
    """The value as JSON, with what is spelt out as it is."""
    match value:
        case Spelt(text):
            return text
        case Doubled(fields, name, other):
            pairs = [*fields.items(), (name, other)]
            return b"{" + b",".join(_name(key) + written(item) for key, item in pairs) + b"}"
        case dict():
            return b"{" + b",".join(_name(key) + written(item) for key, item in value.items()) + b"}"
        case list() | tuple():
            return b"[" + b",".join(map(written, value)) + b"]"
        case _:
            return json.dumps(value, ensure_ascii=False).encode(errors="surrogatepass")


def _name(key: str) -> bytes:
    return json.dumps(key, ensure_ascii=False).encode(errors="surrogatepass") + b":"

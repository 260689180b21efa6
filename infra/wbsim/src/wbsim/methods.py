"""What a WB method is to the simulator: where it lives, who may call it, and what answers."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from starlette.requests import Request

from wbsim.feed import Row, Version
from wbsim.limits import Limits
from wbsim.shop import Shop
from wbsim.tokens import Kind
from wbsim.world import World


@dataclass(frozen=True, slots=True)
class Call:
    """One admitted call: the request, whose shop it is about, the simulated time, and what its path names."""

    request: Request
    world: World
    shop: Shop
    now: float
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PlainRow:
    """A row whose serving nobody records."""

    key: str
    body: bytes
    version: Version | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`head`, the rows joined by commas, `tail`; `identity` and `numbers` are what a broken row may lack.

    `ordered` tells whether WB promises the order of the rows; where it does not, they may come shuffled.
    """

    rows: Sequence[Row] = ()
    head: bytes = b"["
    tail: bytes = b"]"
    status: int = 200
    identity: str = ""
    numbers: tuple[str, ...] = ()
    ordered: bool = True


@dataclass(frozen=True, slots=True)
class Method:
    """One operation of WB's API; `host` None means that every host has it."""

    verb: str
    path: str
    host: str | None
    limits: Limits
    answer: Callable[[Call], Awaitable[Answer]]
    closed_to: frozenset[Kind] = field(default_factory=frozenset)
    sandbox: bool = False
    writes: bool = False
    """Whether it changes the shop."""

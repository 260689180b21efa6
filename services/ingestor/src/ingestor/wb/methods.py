"""The WB methods in use, read from `methods.toml`: where each lives, who may call it and how often.

A bucket starts full with `burst` calls and gains one every `interval_seconds`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from typing import Any

from contracts.wb_token import Category, TokenKind

from ingestor.wb.hosts import CATEGORIES, Host


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` calls at once, then one more every `interval_seconds`."""

    interval_seconds: float
    burst: int


@dataclass(frozen=True, slots=True)
class SwitchOff:
    """That WB will end a method: when it said so, the first day without it (none: not known), what there is instead."""

    announced: date
    instead: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """One method; `bucket` names its bucket, which methods may share.

    A token kind without an entry in `by_kind` has the `usual` limit. A bucket has one interval and one burst, so kinds
    with limits of their own have buckets of their own (`counter`); kinds with the same limit share one.

    `path` may hold `{placeholders}` that a call fills in.
    """

    name: str
    host: Host
    verb: str
    path: str
    usual: Limit
    bucket: str
    by_kind: Mapping[TokenKind, Limit] = field(default_factory=dict)
    closed_to: frozenset[TokenKind] = frozenset()
    costly_4xx: bool = False
    switch_off: SwitchOff | None = None

    @property
    def category(self) -> Category | None:
        """The category a token must have; none: any token will do."""
        return CATEGORIES[self.host]

    def limit(self, kind: TokenKind) -> Limit:
        """The limit for tokens of that kind."""
        return self.by_kind.get(kind, self.usual)

    def counter(self, kind: TokenKind) -> str:
        """The name of the bucket that a call with such a token is taken from."""
        return f"{self.bucket}:{kind}" if kind in self.by_kind else self.bucket

    def is_open_to(self, kind: TokenKind, categories: frozenset[Category]) -> bool:
        """Whether WB lets such a token call it."""
        return kind not in self.closed_to and (self.category is None or self.category in categories)


COSTLY_4XX_CALLS = 10
"""What one 4XX answer counts for where WB says that 4XX answers are costly."""

GATE = Limit(interval_seconds=2, burst=30)
"""WB's undocumented limit over all methods of one seller: 30 calls in 60 s were seen to pass."""


def _load() -> dict[str, Method]:
    entries = tomllib.loads(files("ingestor.wb").joinpath("methods.toml").read_text(encoding="utf-8"))
    del entries["facts_sha256"]
    return {name: _method(name, **entry) for name, entry in entries.items()}


def _method(
    name: str,
    *,
    host: str,
    verb: str,
    path: str,
    limit: dict[str, Any],
    bucket: str | None = None,
    base: dict[str, Any] | None = None,
    closed_to: tuple[str, ...] = (),
    costly_4xx: bool = False,
    switch_off: dict[str, Any] | None = None,
) -> Method:
    return Method(
        name=name,
        host=Host(host),
        verb=verb,
        path=path,
        usual=Limit(**limit),
        bucket=bucket or name,
        by_kind={TokenKind.BASE: Limit(**base)} if base else {},
        closed_to=frozenset(map(TokenKind, closed_to)),
        costly_4xx=costly_4xx,
        switch_off=SwitchOff(**switch_off) if switch_off else None,
    )


METHODS = _load()
"""Every method by its name."""

"""The WB methods in use: where each lives and how often it may be called.

Limits are WB's own of 2026-10-24, per seller and method. A bucket starts full with `burst` calls and gains
one every `interval_seconds`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.wb_token import TokenKind

from ingestor.wb.hosts import Host


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` calls at once, then one more every `interval_seconds`."""

    interval_seconds: float
    burst: int


@dataclass(frozen=True, slots=True)
class Method:
    """One method; `name` names its bucket. A token kind without an entry in `by_kind` has the `usual` limit."""

    name: str
    host: Host
    verb: str
    path: str
    usual: Limit
    by_kind: Mapping[TokenKind, Limit] = field(default_factory=dict)
    costly_4xx: bool = False

    def limit(self, kind: TokenKind) -> Limit:
        """The limit for tokens of that kind."""
        return self.by_kind.get(kind, self.usual)


COSTLY_4XX_CALLS = 10
"""What one 4XX answer counts for where WB says that 4XX answers are costly."""

GATE = Limit(interval_seconds=2, burst=30)
"""WB's undocumented limit over all methods of one seller: 30 calls in 60 s were seen to pass."""

PING = Method("ping", Host.STATISTICS, "GET", "/ping", Limit(10, 3))
SELLER_INFO = Method(
    "seller-info",
    Host.COMMON,
    "GET",
    "/api/v1/seller-info",
    Limit(60, 10),
    {TokenKind.BASE: Limit(86_400, 1)},
)
ORDERS = Method(
    "orders",
    Host.STATISTICS,
    "GET",
    "/api/v1/supplier/orders",
    Limit(60, 10),
    {TokenKind.BASE: Limit(10_800, 1)},
)
CARDS = Method("cards", Host.CONTENT, "POST", "/content/v2/get/cards/list", Limit(0.6, 5))
WB_STOCKS = Method(
    "wb-stocks",
    Host.ANALYTICS,
    "POST",
    "/api/analytics/v1/stocks-report/wb-warehouses",
    Limit(20, 1),
)

"""How one simulator is started, and how it behaves; the second part may be changed while it runs."""

from dataclasses import dataclass, field
from typing import Literal

RetryHeader = Literal["x-ratelimit-retry", "retry-after", "none"]


@dataclass(slots=True)
class Behaviour:
    """What a running simulator can be told to do differently (`POST /_sim/settings`).

    Times ending in `_seconds` are simulated seconds; shares are 0…1.
    """

    page_rows: int = 80_000
    """Rows of one statistics answer with `flag=0`."""
    bound: Literal[">=", ">"] = ">="
    """Whether `dateFrom` itself is included: WB's own texts disagree."""
    late_share: float = 0.0
    """Share of changes that become visible only `late_seconds` after their `lastChangeDate`."""
    late_seconds: float = 0.0
    zero_price_share: float = 0.0
    """Share of orders and sales whose money is 0 until `zero_price_seconds` have passed."""
    zero_price_seconds: float = 0.0
    retry_header: RetryHeader = "x-ratelimit-retry"
    costly_4xx_paths: tuple[str, ...] = ()
    """Paths where a 4XX answer costs ten requests, besides those of the limits table."""


@dataclass(frozen=True, slots=True)
class Config:
    """One simulator: the same seed gives the same shop, tokens of the same seed stay valid."""

    seed: int = 1
    products: int = 40
    history_orders: int = 500
    history_days: int = 90
    orders_per_day: float = 0.0
    """Buyers of the first seller who come by themselves; 0 leaves the shop still until told otherwise."""
    speed: float = 1.0
    """Simulated seconds per real second."""
    limits_factor: float = 1.0
    """Divides every limit interval."""
    allow_remote_control: bool = False
    behaviour: Behaviour = field(default_factory=Behaviour)

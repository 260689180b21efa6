"""How one simulator is started, and how it behaves; the second part may be changed while it runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

RetryHeader = Literal["x-ratelimit-retry", "retry-after", "none"]
Drift = Literal["fields", "values", "order"]
WebhookProof = Literal["secret", "signature"]
FbsEnd = Literal["zero", "repeated"]
LimitHeaders = Literal["true", "lying", "none"]


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
    gate_header: RetryHeader = "none"
    """In which header the limit over all methods of a seller says when to come back; WB's own says nothing."""
    limit_headers: LimitHeaders = "true"
    """What answers that are let through say of their method's bucket; lies are another one each time."""
    costly_4xx_paths: tuple[str, ...] = ()
    """Paths where a 4XX answer costs ten requests, besides those of the limits table."""
    fbs_share: float = 0.0
    """Share of orders that are assembly tasks: sold from a warehouse of the seller's (FBS)."""
    fbs_end: FbsEnd = "zero"
    """How a list of assembly tasks ends: the last page says `next` 0, or the page after it is empty and repeats it."""
    unpaid_share: float = 0.0
    """Share of orders that are paid `unpaid_seconds` later: until then they are in the order feed only."""
    unpaid_seconds: float = 0.0
    report_seconds: float = 5.0
    """How long a report that is made on demand takes."""
    report_canceled_share: float = 0.0
    """Share of those reports that are canceled in place of being done."""
    report_kept_seconds: float = 7_200.0
    """How long after it is done such a report can be downloaded."""
    refresh_seconds: float = 0.0
    """Orders and sales become visible at the next multiple of this only; WB itself takes 1800."""
    answer_seconds: float = 0.0
    """How long after it was accepted an answer to a feedback or question shows."""
    moderation_seconds: float = 0.0
    """How long the answer to a feedback is looked at (`reviewRequired`) before it is shown or turned down."""
    answers_rejected_share: float = 0.0
    """Share of answers to feedbacks that moderation turns down."""
    drift: tuple[Drift, ...] = ()
    """What WB has changed about its answers without telling: fields nobody knows, values nobody knows in fields
    with a fixed list of them, another order of keys and other white space. All rows of all methods at once."""
    shuffled: bool = False
    """Rows of a page out of order, where WB promises none."""
    repeated_share: float = 0.0
    """Share of rows given twice: within their page, or again at the start of the one after."""
    switched_off: tuple[str, ...] = ()
    """Methods whose paths begin like this (with or without the host) answer 404, switched off by WB."""
    hidden_warehouses: bool = True
    """Whether WB hides its Russian warehouses, as it does since 2026-08-15; otherwise tariffs list each of them."""
    funnel_delay_seconds: float = 0.0
    """How long after it happened something counts in the funnel; WB itself takes 7200."""
    funnel_gap_share: float = 0.0
    """Share of cards' days that the history of the funnel leaves out until `funnel_gap_seconds` after they began."""
    funnel_gap_seconds: float = 0.0
    finance_delay_seconds: float = 0.0
    """How much later than due reports appear."""
    finance_late_share: float = 0.0
    """Share of rows that reports lack until `finance_late_seconds` after they appeared."""
    finance_late_seconds: float = 0.0
    date_skew_seconds: float = 0.0
    """How far WB's clock, as the header `Date` tells it, is fast (or slow: below 0)."""
    webhook_proof: WebhookProof = "secret"
    """How a webhook proves to come from WB: its secret in `Authorization`, or its body signed in `X-Hub-Signature`."""
    webhook_repeated_share: float = 0.0
    """Share of webhooks that are sent once more though they were answered."""
    gzip: bool = True
    """Answers of 1 kB and more are compressed for clients that accept it."""

    def change(self, settings: Mapping[str, Any]) -> None:
        """Behave like this from now on; what `settings` does not name stays."""
        for name, value in settings.items():
            setattr(self, name, tuple(value) if isinstance(value, list) else value)


@dataclass(frozen=True, slots=True)
class Config:
    """One simulator: the same seed gives the same shop, tokens of the same seed stay valid."""

    seed: int = 1
    products: int = 40
    history_orders: int = 500
    history_days: int = 90
    currency: str = "RUB"
    """What the first seller is settled with in, and so its country; statistics never says it."""
    orders_per_day: float = 0.0
    """Buyers of the first seller who come by themselves; 0 leaves the shop still until told otherwise."""
    behind_seconds: float = 0.0
    """How far before real time simulated time begins."""
    speed: float = 1.0
    """Simulated seconds per real second."""
    limits_factor: float = 1.0
    """Divides every limit interval."""
    open_lots: int = 1_000
    """How many shops of lots (`wbsim.lots`) are kept for the next request."""
    allow_remote_control: bool = False
    behaviour: Behaviour = field(default_factory=Behaviour)

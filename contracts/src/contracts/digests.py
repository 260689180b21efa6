"""Digests: what a cabinet's day, week or month came to, ready to be told. Formulas: docs/metrics.md.

Figures of days add up to those of weeks and months where the same is counted: orders, cancelled, bought, returns,
adverts, estimates, reviews. Unknown is null, never 0; amounts of two currencies are never added.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from contracts.currency import Currency
from contracts.envelope import EventData
from contracts.items import Percent, Plan
from contracts.model import Count, Figure, Model, Moment, NmId

MAX_NAMED = 5
"""Items of a list that names the most important ones."""

MAX_RUNNING_OUT = 20


class DigestKind(StrEnum):
    """What a digest is of."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class NamedItem(Model):
    """An item, as a seller knows it."""

    nm_id: NmId
    title: str | None = Field(default=None, description="of its card; null: no card is known")
    vendor_code: str | None = None


class Compared(Model):
    """Pieces and their sum at the seller's prices, against the period before."""

    count: Count
    sum: Figure
    previous_count: Count
    previous_sum: Figure
    change: Percent | None = Field(description="of the sum; null: there was none before")


class AdvertsOfPeriod(Model):
    """What was spent on adverts and what WB says that it brought, by its own window of attribution."""

    views: Count
    clicks: Count
    spent: Figure
    orders: Count
    orders_sum: Figure
    previous_spent: Figure
    drr: Percent | None = Field(description="spent of the sum of all orders; null: there were none")
    drr_adverts: Percent | None = Field(description="spent of the sum of orders from adverts; null: there were none")


class Estimate(Model):
    """What is left of what was bought less what was given back, by today's costs of each item: an estimate.

    Only of items of which commission, logistics, tax and cost are known; `sum_without` tells of the others.
    """

    revenue: Figure = Field(description="of the items that are known: bought less given back, at the seller's prices")
    commission: Figure
    logistics: Figure
    adverts: Figure = Field(description="spent on these items")
    tax: Figure
    cost: Figure = Field(description="of the goods")
    other: Figure = Field(description="storage, acceptance, fines, and what the seller entered")
    profit: Figure = Field(description="revenue less all of them")
    previous_profit: Figure | None = Field(description="null: nothing is known of the period before")
    items_without: Count = Field(description="that were bought or given back, and of which something is missing")
    sum_without: Figure = Field(description="what these came to")


class TopItem(NamedItem):
    """One of the items that came to most."""

    amount: Figure


Cause = Literal["calendar", "stock", "adverts", "demand", "new", "gone", "price"]
"""Why the sum of orders changed: the periods differ in days; days in stock; orders that WB attributes to adverts; other
orders of items ordered in both; items ordered only now; items ordered only before; the mean price of an order."""


class CauseItem(NamedItem):
    """An item's part in a cause."""

    orders_sum: Figure


class ChangePart(Model):
    """What one cause did to the sum of orders."""

    cause: Cause
    orders: Annotated[Figure, Field(description="pieces, two decimals; 0 where prices changed")]
    orders_sum: Figure
    items: tuple[CauseItem, ...] = Field(max_length=MAX_NAMED, description="those with the largest parts, first")


class Why(Model):
    """What changed against the period before and why: the parts add up to the whole, to the last digit."""

    orders: int
    orders_sum: Figure
    parts: tuple[ChangePart, ...] = Field(description="the largest first; a cause that did nothing is left out")


class Difference(Model):
    """By how much the API and another report of WB differ in the period, for one reason."""

    against: str = Field(description="funnel, or finance")
    reason: str = Field(description="the class of the reconciliation; unknown: nothing explains it")
    pieces: int = Field(description="theirs less those by API")
    amount: Figure = Field(description="likewise")


class CurrencyDigest(Model):
    """What a period came to in one currency."""

    currency: Currency
    orders: Compared
    cancelled: Compared = Field(description="of the orders of the period, those that were cancelled until now")
    bought: Compared = Field(description="by the day of the purchase")
    returns: Compared = Field(description="by the day of the return; the sum is positive")
    adverts: AdvertsOfPeriod | None = Field(description="null: nothing was shown or spent in either period")
    estimate: Estimate | None = Field(description="null: of no item that was bought everything is known")
    plan: Plan | None = Field(description="of the month of the last day; null: none was entered")
    top_revenue: tuple[TopItem, ...] = Field(max_length=MAX_NAMED, description="by bought less given back")
    top_profit: tuple[TopItem, ...] = Field(max_length=MAX_NAMED, description="by the estimate")
    why: Why
    reconciliation: tuple[Difference, ...] = ()


class RunningOut(NamedItem):
    """A size, or an item without known sizes, that lasts for less than 7 days."""

    chrt_id: int | None = None
    tech_size: str | None = None
    days_left: Figure
    runs_out_on: date | None = None


class ReviewsOfPeriod(Model):
    """Feedbacks of a period, and what waits for an answer now."""

    count: Count
    bad: Count = Field(description="with 3 stars or fewer")
    previous_bad: Count
    unanswered: Count | None = Field(description="now; null: not counted yet")
    unanswered_questions: Count | None = None


class SourceAge(Model):
    """How old the data of a source were."""

    resource: str
    as_of: Moment | None = Field(description="of its newest data; null: none came")
    delayed_since: Moment | None = Field(default=None, description="null: it is not delayed")


class DigestPreparedV1(EventData, type="digest.prepared.v1", publisher="reporter"):
    """A period of a cabinet has ended and is counted; again with the next revision while late data change it.

    Prepared once for each period. Who tells of it does so at his own time, with the newest revision there is by then.
    """

    kind: DigestKind
    first_day: date
    last_day: date
    previous_first_day: date
    previous_last_day: date
    revision: int = Field(ge=1)
    prepared_at: Moment
    currencies: tuple[CurrencyDigest, ...] = Field(description="by their codes; empty: nothing happened")
    running_out: tuple[RunningOut, ...] = Field(max_length=MAX_RUNNING_OUT, description="the soonest first")
    running_out_count: Count
    reviews: ReviewsOfPeriod
    freshness: tuple[SourceAge, ...] = Field(description="by the names of docs/resources.md")

"""Events of what sellers enter themselves, because Wildberries does not know it.

A row holds from its `valid_from` until the next one of the same item begins: on a day, the newest that has begun
counts. `nm_id` 0 is every item that has no row of its own. The gateway owns the rows and counts their revisions.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contracts.changed import ListedRow, OrGone
from contracts.currency import ROUBLE, Currency
from contracts.envelope import EventData
from contracts.model import MAX_BATCH, Count, Model, Money, NmId

Amount = Annotated[Money, Field(ge=0)]
NmIdOrAll = Annotated[int, Field(ge=0, description="WB article (nmID); 0: every item without a row of its own")]
ValidFrom = Annotated[date, Field(description="first Moscow day on which it holds")]


class EnteredRow(ListedRow):
    """What every row says of itself."""

    change: OrGone = Field(description="gone: the seller took the row back; its last values are told")


class EnteredCost(EnteredRow):
    """What one piece of an item cost the seller."""

    nm_id: NmId
    valid_from: ValidFrom
    cost: Amount = Field(description="of one piece, with all that was paid until it was ready to sell")
    currency: Currency = ROUBLE


class EnteredTax(EnteredRow):
    """The tax that a cabinet pays."""

    valid_from: ValidFrom
    percent: Annotated[Money, Field(ge=0, le=100, description="%")]
    base: Literal["income", "income_less_costs"] = Field(
        description="income: of the seller's price; income_less_costs: of what costs leave of it, never below 0"
    )


class EnteredOtherCost(EnteredRow):
    """What else a sold piece costs: packing, marking, own delivery to a warehouse."""

    nm_id: NmIdOrAll
    valid_from: ValidFrom
    amount: Amount = Field(description="of one sold piece")
    currency: Currency = ROUBLE


class Incoming(Model):
    """Pieces on their way to a warehouse of Wildberries."""

    chrt_id: Annotated[int, Field(ge=1)] | None = Field(default=None, description="the size; null: not told by size")
    units: Count
    arrives_on: date | None = Field(
        default=None, description="from this day on they are no longer on their way; null: until entered anew"
    )


class EnteredLeadTime(EnteredRow):
    """How an item is brought in again."""

    nm_id: NmIdOrAll
    valid_from: ValidFrom
    lead_days: Count = Field(description="from ordering it again to its being sold at Wildberries")
    lead_days_deviation: Amount | None = Field(default=None, description="standard deviation, days; null counts as 0")
    target_days: Count | None = Field(default=None, description="what is sent is to last so long; null: 30")
    box_units: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="pieces in a box; null: sent by ones"
    )
    incoming: tuple[Incoming, ...] = Field(default=(), max_length=100)


class EnteredPlan(EnteredRow):
    """What is to be ordered in a month."""

    nm_id: NmIdOrAll = Field(description="WB article (nmID); 0: the whole cabinet")
    month: date = Field(description="its first day")
    orders: Count | None = Field(default=None, description="pieces; null: not planned")
    orders_sum: Amount | None = Field(default=None, description="null: not planned")
    currency: Currency = ROUBLE


class CostsEnteredV1(EventData, type="costs.entered.v1", publisher="gateway"):
    """Costs of goods that a seller entered, changed or took back."""

    costs: tuple[EnteredCost, ...] = Field(min_length=1, max_length=MAX_BATCH)


class TaxEnteredV1(EventData, type="tax.entered.v1", publisher="gateway"):
    """Taxes of a cabinet that its seller entered, changed or took back."""

    taxes: tuple[EnteredTax, ...] = Field(min_length=1, max_length=MAX_BATCH)


class OtherCostsEnteredV1(EventData, type="other_costs.entered.v1", publisher="gateway"):
    """Other costs that a seller entered, changed or took back."""

    other_costs: tuple[EnteredOtherCost, ...] = Field(min_length=1, max_length=MAX_BATCH)


class LeadTimesEnteredV1(EventData, type="lead_times.entered.v1", publisher="gateway"):
    """Lead times, and what is on its way, that a seller entered, changed or took back."""

    lead_times: tuple[EnteredLeadTime, ...] = Field(min_length=1, max_length=MAX_BATCH)


class PlanEnteredV1(EventData, type="plan.entered.v1", publisher="gateway"):
    """Plans of months that a seller entered, changed or took back."""

    plans: tuple[EnteredPlan, ...] = Field(min_length=1, max_length=MAX_BATCH)

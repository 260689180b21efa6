"""Analytics events."""

from datetime import date

from pydantic import Field

from contracts.currency import ROUBLE, Currency
from contracts.envelope import EventData
from contracts.model import Count, Figure, Model

PERIODS_DAYS = (7, 14, 30, 60, 90)
"""The periods kept ready, in days, each ending with the current Moscow day."""

WHOLE_CABINET = 0
"""Stands where an nm_id stands, for figures of all products together."""

MAX_FIGURES = 3000
"""500 products and the cabinet, five periods each, fit."""


class PeriodFigures(Model):
    """Orders and sales of one product (or of the whole cabinet: nm_id 0) in one currency and one period.

    `bought`, `returned` and `open` say what became of the orders of the period; `sales` and `returns` are those of its
    days, whenever they were ordered. Null: not counted by the service that told of it.
    """

    nm_id: int = Field(ge=0)
    period_days: int
    period_end: date
    orders: Count
    orders_sum: Figure
    cancelled: Count
    cancelled_sum: Figure
    currency: Currency = ROUBLE
    bought: Count | None = Field(default=None, description="and not given back since")
    returned: Count | None = Field(default=None, description="bought, and given back")
    open: Count | None = Field(default=None, description="still on their way")
    sales: Count | None = None
    sales_sum: Figure | None = Field(default=None, description="sum of the seller's prices")
    for_pay: Figure | None = Field(default=None, description="to be paid for the sales, preliminary")
    returns: Count | None = None
    returns_sum: Figure | None = Field(default=None, description="of the returns, positive")
    returns_for_pay: Figure | None = Field(default=None, description="taken back for the returns, positive")
    previous_orders: Count | None = Field(default=None, description="of as many days before")
    previous_orders_sum: Figure | None = None
    previous_cancelled: Count | None = None
    previous_sales: Count | None = None
    previous_sales_sum: Figure | None = None


class AnalyticsUpdatedV1(EventData, type="analytics.updated.v1", publisher="reporter"):
    """Figures that changed with the orders just counted."""

    figures: tuple[PeriodFigures, ...] = Field(min_length=1, max_length=MAX_FIGURES)

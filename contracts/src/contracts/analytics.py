"""Analytics events."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from contracts.envelope import EventData
from contracts.model import Count, Model, Money

PERIODS_DAYS = (7, 14, 30, 60, 90)
"""The periods kept ready, in days, each ending with the current Moscow day."""

WHOLE_CABINET = 0
"""Stands where an nm_id stands, for figures of all products together."""

MAX_FIGURES = 3000
"""500 products and the cabinet, five periods each, fit."""


class PeriodFigures(Model):
    """Orders of one product (or of the whole cabinet: nm_id 0) in one period."""

    nm_id: int = Field(ge=0)
    period_days: int
    period_end: date
    orders: Count
    orders_sum: Money
    cancelled: Count
    cancelled_sum: Money


class AnalyticsUpdatedV1(EventData):
    """Figures that changed with the orders just counted."""

    TYPE: ClassVar[str] = "analytics.updated.v1"
    figures: tuple[PeriodFigures, ...] = Field(min_length=1, max_length=MAX_FIGURES)

"""What is read again at night: which resources, how far back, and by what their rows are of a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

SOON = timedelta(hours=6)
"""What came about so lately is still the news' to find: a base token asks for orders once in three hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How a resource is read again.

    `dated_by`: the column, a moment or a day, that says of which day of Moscow a row is; `known_by` the moment from
    which Wildberries shows it (default: the same), and `soon` how long after that it is no late row yet. `days` back
    from today, if Wildberries keeps them (`Within.earliest`); of `page_rows` rows a call. `is_divisible`: days can be
    read apart. Where rows are asked for by their last change they cannot: an old row may have changed today.
    """

    dated_by: str
    days: int
    page_rows: int
    known_by: str | None = None
    soon: timedelta = SOON
    is_divisible: bool = True

    @property
    def told_by(self) -> str:
        """The column from which on a row can be seen."""
        return self.known_by or self.dated_by


EXTENTS: Mapping[str, Extent] = {
    "orders": Extent(dated_by="ordered_at", known_by="last_change_at", days=89, page_rows=80_000, is_divisible=False),
    "order_feed": Extent(dated_by="ordered_at", known_by="status_at", days=30, page_rows=10_000, is_divisible=False),
    "sales": Extent(dated_by="sold_at", known_by="last_change_at", days=89, page_rows=80_000, is_divisible=False),
    "fbs_orders": Extent(dated_by="created_at", days=88, page_rows=1_000),
    # A report is there on the Monday after its week.
    "finance": Extent(dated_by="report_to", days=91, page_rows=30_000, soon=timedelta(days=3)),
    "feedbacks": Extent(dated_by="created_at", days=90, page_rows=5_000, soon=timedelta(days=1)),
    "questions": Extent(dated_by="created_at", days=90, page_rows=5_000, soon=timedelta(days=1)),
    # News read three days, in which Wildberries corrects them.
    "campaign_stats": Extent(dated_by="day", days=30, page_rows=10_000, soon=timedelta(days=3)),
    "campaign_spend": Extent(dated_by="written_off_at", days=90, page_rows=10_000, soon=timedelta(days=3)),
}
"""By resource. Of what is not here each reading has all that Wildberries tells: it is its own reconciliation."""

"""What sellers enter. On a day counts, of the rows that begin on it or before, the one that begins last.

An item's own row goes before that of the cabinet (nm_id 0). A row that was taken back is `gone`.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from reporter.tables.columns import Money, cabinet_id, currency, metadata


def _entered(name: str, *columns: "sa.Column[Any]") -> sa.Table:
    return sa.Table(
        name,
        metadata,
        cabinet_id(),
        *columns,
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False, comment="taken back by the seller"),
    )


def _nm_id() -> sa.Column[int]:
    return sa.Column("nm_id", sa.BigInteger, primary_key=True, comment="0: every item without its own")


def _valid_from() -> "sa.Column[Any]":
    return sa.Column("valid_from", sa.Date, primary_key=True, comment="Moscow day, included")


costs = _entered(
    "costs",
    sa.Column("nm_id", sa.BigInteger, primary_key=True),
    _valid_from(),
    sa.Column("cost", Money, nullable=False, comment="of one piece"),
    currency(primary_key=False),
)

tax = _entered(
    "tax",
    _valid_from(),
    sa.Column("percent", Money, nullable=False),
    sa.Column("base", sa.Text, nullable=False, comment="income, or income_less_costs"),
)

other_costs = _entered(
    "other_costs",
    _nm_id(),
    _valid_from(),
    sa.Column("amount", Money, nullable=False, comment="per bought piece"),
    currency(primary_key=False),
)

lead_times = _entered(
    "lead_times",
    _nm_id(),
    _valid_from(),
    sa.Column("lead_days", sa.BigInteger, nullable=False, comment="from sending to being sold"),
    sa.Column("lead_days_deviation", Money, comment="none: unknown"),
    sa.Column("target_days", sa.BigInteger, comment="what is sent lasts so long; none: 30"),
    sa.Column("box_units", sa.BigInteger, comment="pieces in a box; none: single pieces can be sent"),
    sa.Column("incoming", JSONB, nullable=False, comment="pieces on their way: list of chrt_id, units, arrives_on"),
)

plans = _entered(
    "plans",
    _nm_id(),
    sa.Column("month", sa.Date, primary_key=True, comment="its first day"),
    sa.Column("orders", sa.BigInteger, comment="none: no plan of pieces"),
    sa.Column("orders_sum", Money, comment="none: no plan of money"),
    currency(primary_key=False),
)

"""What is counted from facts, and what is yet to be counted."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from reporter.tables.columns import Moment, Sum, cabinet_id, currency, metadata


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _sum(name: str) -> "sa.Column[Any]":
    return sa.Column(name, Sum, nullable=False)


def _figures() -> "list[sa.Column[Any]]":
    return [
        _count("orders"),
        _sum("orders_sum"),
        _count("cancelled"),
        _sum("cancelled_sum"),
        _count("bought"),
        _count("returned"),
        _count("open"),
        _count("sales"),
        _sum("sales_sum"),
        _sum("for_pay"),
        _count("returns"),
        _sum("returns_sum"),
        _sum("returns_for_pay"),
    ]


day_totals = sa.Table(
    "day_totals",
    metadata,
    cabinet_id(),
    sa.Column("nm_id", sa.BigInteger, primary_key=True, comment="0: the whole cabinet"),
    sa.Column("day", sa.Date, primary_key=True),
    *_figures(),
    currency(),
    # Partial, so that only the recount of a day can use it: without statistics the planner would take it for a
    # product's periods too, and read the whole cabinet 5 times for each product.
    sa.Index("day_totals_day", "cabinet_id", "day", postgresql_where=sa.text("nm_id <> 0")),
)

analytics_cache = sa.Table(
    "analytics_cache",
    metadata,
    cabinet_id(),
    sa.Column("nm_id", sa.BigInteger, primary_key=True, comment="0: the whole cabinet"),
    sa.Column("period_days", sa.Integer, primary_key=True),
    sa.Column("period_end", sa.Date, nullable=False, comment="last Moscow day, included"),
    *_figures(),
    _count("previous_orders"),
    _sum("previous_orders_sum"),
    _count("previous_cancelled"),
    _count("previous_sales"),
    _sum("previous_sales_sum"),
    currency(),
)

figure_days = sa.Table(
    "figure_days",
    metadata,
    cabinet_id(),
    sa.Column("day", sa.Date, nullable=False, comment="the Moscow day that its figures are of"),
    sa.Column(
        "after_nm_id",
        sa.BigInteger,
        nullable=False,
        server_default="-1",
        comment="up to this item they are of the day after already",
    ),
)

stale_cabinets = sa.Table(
    "stale_cabinets",
    metadata,
    cabinet_id(),
    sa.Column("part", sa.Text, primary_key=True, comment="cells, items, or whole"),
    sa.Column("stale_since", Moment, nullable=False),
    sa.Column("marked_at", Moment, nullable=False, comment="last time"),
    sa.Column("is_live", sa.Boolean, nullable=False, comment="nothing but live events has marked"),
)

stale_cells = sa.Table(
    "stale_cells",
    metadata,
    cabinet_id(),
    sa.Column("nm_id", sa.BigInteger, primary_key=True, comment="0: the whole cabinet"),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("is_told", sa.Boolean, nullable=False, server_default=sa.false(), comment="no backfill alone marked it"),
)

stale_sections = sa.Table(
    "stale_sections",
    metadata,
    cabinet_id(),
    sa.Column("nm_id", sa.BigInteger, primary_key=True, comment="0: the whole cabinet"),
    sa.Column("section", sa.Text, primary_key=True),
    sa.Column(
        "marked_by",
        sa.BigInteger,
        nullable=False,
        server_default=sa.text("txid_current()"),
        comment="the last transaction that did",
    ),
    sa.Column("is_told", sa.Boolean, nullable=False, server_default=sa.false(), comment="no backfill alone marked it"),
)

stale_failures = sa.Table(
    "stale_failures",
    metadata,
    cabinet_id(),
    sa.Column("kind", sa.Text, primary_key=True, comment="a part of a cabinet, reconciliation, or digests"),
    sa.Column("nm_id", sa.BigInteger, primary_key=True, comment="0: the whole cabinet; -1: all of the kind"),
    sa.Column("what", sa.Text, primary_key=True, comment="the section; kind and first day of a digest"),
    sa.Column("failures", sa.Integer, nullable=False, comment="in a row"),
    sa.Column("stale_since", Moment, nullable=False),
    sa.Column("failed_at", Moment, nullable=False, comment="last time"),
    sa.Column("retry_at", Moment, nullable=False),
    sa.Index("stale_failures_due", "kind", "retry_at"),
    sa.Index("stale_failures_old", "failed_at"),
)

item_figures = sa.Table(
    "item_figures",
    metadata,
    cabinet_id(),
    sa.Column("nm_id", sa.BigInteger, primary_key=True, comment="0: the whole cabinet"),
    sa.Column("section", sa.Text, primary_key=True),
    sa.Column("currency", sa.Text, primary_key=True, comment="empty: the section has no money"),
    sa.Column("as_of", sa.Date, nullable=False, comment="the Moscow day it was counted on"),
    sa.Column("body", JSONB, nullable=False, comment="the section's model in contracts/items.py"),
)

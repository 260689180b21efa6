"""The reporter's tables. Keys start with the cabinet; nothing in a row depends on the order events came in."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

metadata = sa.MetaData()

Money = sa.Numeric(18, 4)
Moment = sa.DateTime(timezone=True)


def _cabinet_id() -> sa.Column[UUID]:
    return sa.Column("cabinet_id", sa.Uuid, primary_key=True)


def _figures() -> "list[sa.Column[Any]]":
    return [
        sa.Column("orders", sa.Integer, nullable=False),
        sa.Column("orders_sum", Money, nullable=False),
        sa.Column("cancelled", sa.Integer, nullable=False),
        sa.Column("cancelled_sum", Money, nullable=False),
    ]


order_facts = sa.Table(
    "order_facts",
    metadata,
    _cabinet_id(),
    sa.Column("order_id", sa.Uuid, primary_key=True),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("day", sa.Date, nullable=False, comment="Moscow day of ordered_at"),
    sa.Column("origin", sa.Text, nullable=False, comment="of the event that brought the revision"),
    sa.Column("updated_at", Moment, nullable=False, comment="time of the event that brought the revision"),
    sa.Column("srid", sa.Text, nullable=False),
    sa.Column("g_number", sa.Text),
    sa.Column("ordered_at", Moment, nullable=False),
    sa.Column("last_change_at", Moment, nullable=False),
    sa.Column("nm_id", sa.BigInteger, nullable=False),
    sa.Column("supplier_article", sa.Text),
    sa.Column("barcode", sa.Text),
    sa.Column("tech_size", sa.Text),
    sa.Column("brand", sa.Text),
    sa.Column("subject", sa.Text),
    sa.Column("category", sa.Text),
    sa.Column("warehouse_name", sa.Text),
    sa.Column("warehouse_type", sa.Text),
    sa.Column("country_name", sa.Text),
    sa.Column("oblast_okrug_name", sa.Text),
    sa.Column("region_name", sa.Text),
    sa.Column("total_price", Money),
    sa.Column("discount_percent", sa.Integer),
    sa.Column("spp", Money),
    sa.Column("price_with_disc", Money),
    sa.Column("finished_price", Money),
    sa.Column("is_cancel", sa.Boolean, nullable=False),
    sa.Column("cancelled_at", Moment),
    # Recounting one cell; and paging a cabinet's orders, read backwards from the newest.
    sa.Index("order_facts_cell", "cabinet_id", "nm_id", "day"),
    sa.Index("order_facts_page", "cabinet_id", "ordered_at", "order_id"),
)

day_totals = sa.Table(
    "day_totals",
    metadata,
    _cabinet_id(),
    sa.Column("nm_id", sa.BigInteger, primary_key=True, comment="0: the whole cabinet"),
    sa.Column("day", sa.Date, primary_key=True),
    *_figures(),
    # Partial, so that only the recount of a day can use it: without statistics the planner would take it for a
    # product's periods too, and read the whole cabinet 5 times for each product.
    sa.Index("day_totals_day", "cabinet_id", "day", postgresql_where=sa.text("nm_id <> 0")),
)

analytics_cache = sa.Table(
    "analytics_cache",
    metadata,
    _cabinet_id(),
    sa.Column("nm_id", sa.BigInteger, primary_key=True, comment="0: the whole cabinet"),
    sa.Column("period_days", sa.Integer, primary_key=True),
    sa.Column("period_end", sa.Date, nullable=False, comment="last Moscow day, included"),
    *_figures(),
    sa.Index("analytics_cache_period_end", "period_end", "cabinet_id"),
)

products = sa.Table(
    "products",
    metadata,
    _cabinet_id(),
    sa.Column("nm_id", sa.BigInteger, primary_key=True),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
    sa.Column("imt_id", sa.BigInteger),
    sa.Column("subject_id", sa.BigInteger),
    sa.Column("vendor_code", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("brand", sa.Text),
    sa.Column("subject", sa.Text),
    sa.Column("photo", sa.Text),
    sa.Column("sizes", JSONB, nullable=False),
)

stocks = sa.Table(
    "stocks",
    metadata,
    _cabinet_id(),
    sa.Column("nm_id", sa.BigInteger, primary_key=True),
    sa.Column("chrt_id", sa.BigInteger, primary_key=True),
    sa.Column("warehouse_id", sa.BigInteger, primary_key=True),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("observed_at", Moment, nullable=False),
    sa.Column("warehouse_name", sa.Text),
    sa.Column("region_name", sa.Text),
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("in_way_to_client", sa.Integer),
    sa.Column("in_way_from_client", sa.Integer),
)

disconnected_cabinets = sa.Table(
    "disconnected_cabinets",
    metadata,
    _cabinet_id(),
    sa.Column("disconnected_at", Moment, nullable=False, comment="time of the event"),
)

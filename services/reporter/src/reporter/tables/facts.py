"""What events said: of every row the newest revision. Columns are the fields of the events (`contracts`)."""

from typing import Any

import sqlalchemy as sa
from contracts.adverts import (
    ChangedAdvertBalance,
    ChangedCampaign,
    ChangedCampaignBid,
    ChangedCampaignBudget,
    ChangedCampaignSpend,
    ChangedCampaignStat,
)
from contracts.changed import RowChange
from contracts.claims import ChangedClaim
from contracts.fbs import ChangedFbsOrder
from contracts.feedbacks import ChangedFeedback
from contracts.finance import ChangedFinanceRow
from contracts.funnel import ChangedFunnelDay
from contracts.orders import ChangedOrder
from contracts.prices import ChangedPrice
from contracts.products import ChangedProduct
from contracts.questions import ChangedQuestion
from contracts.sales import ChangedSale
from contracts.stocks import ChangedSellerStock, ChangedStock, ChangedStockRemain
from contracts.tariffs import ChangedBoxTariff, ChangedCommissionTariff, ChangedReturnTariff
from contracts.warehouses import ChangedOffice, ChangedWarehouse

from reporter.tables.columns import Moment, Money, cabinet_id, currency, fact_columns, for_lists, metadata

_PICTURES = ("photos", "video", "videos")


def _facts(
    name: str,
    row: type[RowChange],
    key: tuple[str, ...],
    *more: "sa.Column[Any] | sa.Index",
    without: tuple[str, ...] = (),
) -> sa.Table:
    return sa.Table(name, metadata, *fact_columns(row, key, without=without), *more)


def _gone() -> sa.Column[bool]:
    return sa.Column("gone", sa.Boolean, nullable=False, comment="its source lists it no more")


def _day(of: str) -> "sa.Column[Any]":
    return sa.Column("day", sa.Date, nullable=False, comment=f"Moscow day of {of}")


LONGEST_NAME = 100
"""Of names that cards are found by. An index holds one character more, so that a longer name is not
taken for its beginning, and no name is too long for the index."""


def _name(column: str) -> "sa.TextClause":
    return sa.text(f'"left"({column}, {LONGEST_NAME + 1})')


order_facts = _facts(
    "order_facts",
    ChangedOrder,
    ("order_id",),
    _day("ordered_at"),
    sa.Column("updated_at", Moment, nullable=False, comment="time of the event that brought the revision"),
    currency(primary_key=False),
    # Recounting one cell, and paging a product's orders; and paging a cabinet's, read backwards from the newest.
    sa.Index("order_facts_cell", "cabinet_id", "nm_id", "day", "ordered_at", "order_id"),
    sa.Index("order_facts_page", "cabinet_id", "ordered_at", "order_id"),
    without=("currency", "completes"),
)

sales = _facts(
    "sales",
    ChangedSale,
    ("sale_id",),
    # Found by the order's id and not by its srid, so that orders need no index more.
    sa.Column("order_id", sa.Uuid, comment="of its srid, known or not; none: WB gave no srid"),
    _day("sold_at"),
    currency(primary_key=False),
    sa.Index("sales_order", "cabinet_id", "order_id"),
    sa.Index("sales_cell", "cabinet_id", "nm_id", "day"),
    without=("currency",),
)

products = _facts(
    "products",
    ChangedProduct,
    ("nm_id",),
    # What the gateway lists cards by.
    sa.Index("products_updated", "cabinet_id", "updated_at", "nm_id"),
    sa.Index("products_brand", "cabinet_id", _name("brand"), "nm_id"),
    sa.Index("products_subject", "cabinet_id", _name("subject"), "nm_id"),
)

prices = _facts(
    "prices",
    ChangedPrice,
    ("nm_id", "size_id"),
    currency(primary_key=False),
    _gone(),
    without=("currency",),
)

price_history = sa.Table(
    "price_history",
    metadata,
    cabinet_id(),
    sa.Column("nm_id", sa.BigInteger, primary_key=True),
    sa.Column("size_id", sa.BigInteger, primary_key=True),
    sa.Column("revision", sa.BigInteger, primary_key=True),
    sa.Column("changed_at", Moment, nullable=False, comment="time of the event that brought the revision"),
    sa.Column("price", Money),
    sa.Column("discounted_price", Money),
    sa.Column("club_discounted_price", Money),
    sa.Column("discount", sa.BigInteger),
    sa.Column("club_discount", sa.BigInteger),
    currency(primary_key=False),
    _gone(),
    sa.Index("price_history_old", "changed_at"),
)

_AT_WAREHOUSE = ("nm_id", "chrt_id", "warehouse_id")

stocks = _facts(
    "stocks",
    ChangedStock,
    _AT_WAREHOUSE,
    sa.Index("stocks_emptied", "observed_at", postgresql_where=sa.text("quantity = 0")),
)

seller_stocks = _facts("seller_stocks", ChangedSellerStock, _AT_WAREHOUSE)

stock_remains = _facts("stock_remains", ChangedStockRemain, ("nm_id", "barcode", "tech_size", "warehouse_name"))

stock_days = sa.Table(
    "stock_days",
    metadata,
    cabinet_id(),
    sa.Column("nm_id", sa.BigInteger, primary_key=True),
    sa.Column("source", sa.Text, primary_key=True, comment="wb, own, or remains"),
    sa.Column("chrt_id", sa.BigInteger, primary_key=True, comment="0: remains know it by its barcode"),
    sa.Column("barcode", sa.Text, primary_key=True, comment="empty: known by its chrt_id"),
    sa.Column("tech_size", sa.Text, primary_key=True, comment="empty: known by its chrt_id"),
    sa.Column("warehouse", sa.Text, primary_key=True, comment="its number, or in remains its name"),
    sa.Column("day", sa.Date, primary_key=True, comment="Moscow day on which it was seen to change"),
    sa.Column("most", sa.BigInteger, nullable=False, comment="the largest quantity seen on the day"),
    sa.Column("quantity", sa.BigInteger, nullable=False, comment="at the end of the day, and until the next row"),
    sa.Column("revision", sa.BigInteger, nullable=False, comment="of the quantity"),
    sa.Column("observed_at", Moment, nullable=False, comment="of the quantity"),
    sa.Index("stock_days_old", "day"),
)

warehouses = _facts("warehouses", ChangedWarehouse, ("warehouse_id",), _gone())

offices = _facts("offices", ChangedOffice, ("office_id",), _gone())

fbs_orders = _facts(
    "fbs_orders",
    ChangedFbsOrder,
    ("fbs_order_id",),
    sa.Index("fbs_orders_srid", "cabinet_id", "srid"),
)

FEEDBACK_WAITS = """
    (answer_text IS NULL OR answer_state IS NOT DISTINCT FROM 'rejected')
    AND coalesce(text, '') || coalesce(pros, '') || coalesce(cons, '') <> ''
"""
"""SQL: the feedback has words, and no answer that Wildberries shows or looks at."""

# One that adds to an earlier one is the same buyer's word on the same piece: its stars count once.
FEEDBACK_STARS = "CASE WHEN valuation BETWEEN 1 AND 5 AND parent_id IS NULL THEN valuation END"
"""SQL: the stars that count in a rating; null: none."""

# A question in another state than these two has been rejected or answered.
QUESTION_WAITS = "answer_text IS NULL AND coalesce(state NOT IN ('none', 'wbRu'), true)"
"""SQL: the question has no answer, and was not rejected."""

feedbacks = _facts(
    "feedbacks",
    ChangedFeedback,
    ("id",),
    sa.Index("feedbacks_item", "cabinet_id", "nm_id", "created_at", "id"),
    sa.Index("feedbacks_time", "cabinet_id", "created_at", "id"),
    for_lists("feedbacks_stars", "valuation", "created_at", "id"),
    for_lists("feedbacks_waiting", "created_at", "id", where=FEEDBACK_WAITS),
    without=_PICTURES,
)

questions = _facts(
    "questions",
    ChangedQuestion,
    ("id",),
    sa.Index("questions_item", "cabinet_id", "nm_id", "created_at", "id"),
    for_lists("questions_time", "created_at", "id"),
    for_lists("questions_waiting", "created_at", "id", where=QUESTION_WAITS),
)

claims = _facts(
    "claims",
    ChangedClaim,
    ("id",),
    sa.Index("claims_item", "cabinet_id", "nm_id", "claimed_at"),
    without=_PICTURES,
)

funnel_days = _facts(
    "funnel_days",
    ChangedFunnelDay,
    ("nm_id", "day"),
    currency(primary_key=False),
    sa.Index("funnel_days_day", "cabinet_id", "day"),
    without=("currency",),
)

finance_rows = _facts(
    "finance_rows",
    ChangedFinanceRow,
    ("report_id", "rrd_id"),
    currency(primary_key=False),
    sa.Index("finance_rows_item", "cabinet_id", "nm_id", "rr_date"),
    sa.Index("finance_rows_srid", "cabinet_id", "srid"),
    sa.Index("finance_rows_reported", "cabinet_id", "report_to"),
    sa.Index("finance_rows_fines", "cabinet_id", "nm_id", postgresql_where=sa.text("penalty <> 0 OR deduction <> 0")),
    without=("currency",),
)

campaigns = _facts("campaigns", ChangedCampaign, ("advert_id",), _gone())

campaign_bids = _facts("campaign_bids", ChangedCampaignBid, ("advert_id", "nm_id"), _gone())

campaign_stats = _facts(
    "campaign_stats",
    ChangedCampaignStat,
    ("advert_id", "day", "app_type", "nm_id"),
    sa.Index("campaign_stats_item", "cabinet_id", "nm_id", "day"),
    # Partial, so that only reading the whole cabinet can use it, as `day_totals_day`.
    sa.Index("campaign_stats_day", "cabinet_id", "day", postgresql_where=sa.text("nm_id <> 0")),
)

campaign_spend = _facts(
    "campaign_spend",
    ChangedCampaignSpend,
    ("advert_id", "written_off_at", "payment_type"),
    sa.Index("campaign_spend_time", "cabinet_id", "written_off_at"),
)

campaign_budgets = _facts("campaign_budgets", ChangedCampaignBudget, ("advert_id",), _gone())

advert_balances = _facts("advert_balances", ChangedAdvertBalance, ("currency",), _gone())

tariffs_commission = _facts("tariffs_commission", ChangedCommissionTariff, ("subject_id",), _gone())

tariffs_box = _facts("tariffs_box", ChangedBoxTariff, ("warehouse_name", "geo_name"), _gone())

tariffs_return = _facts("tariffs_return", ChangedReturnTariff, ("warehouse_name",), _gone())

sources = sa.Table(
    "sources",
    metadata,
    cabinet_id(),
    sa.Column("resource", sa.Text, primary_key=True, comment="as the ingestor calls it"),
    sa.Column("as_of", Moment, comment="time of its newest event; none: nothing but its delay was told"),
    sa.Column("delayed_since", Moment, comment="of its newest delay: when it was read last before"),
    sa.Column("recovered_at", Moment, comment="end of its newest delay; before `delayed_since`: it is delayed now"),
    sa.Column("delay_reason", sa.Text, comment="of its newest delay"),
)

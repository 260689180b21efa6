"""How long the reporter's rows stay."""

from collections.abc import Mapping
from datetime import date

import servicekit.retention
from servicekit.db import Database
from servicekit.replay import table as replays
from servicekit.retention import OlderThan, OnePer, Otherwise, Rule, in_batches
from sqlalchemy import text

KEEP_DAYS = 100
"""As long as the event log: an event that old cannot come again and bring an older revision back."""

STOCK_DAYS_KEEP_DAYS = 200
"""Days in stock are counted over 90 days, and over the 90 before."""

DIGESTS_KEEP_DAYS = 400
"""A year, and some days to compare it with the next."""

FAILURES_KEEP_DAYS = 7
"""What still fails is tried each hour; the rest is of what nobody counts any more."""

RULES: Mapping[str, Rule] = {
    "order_facts": OnePer("order"),
    "day_totals": OnePer("item and day on which it was ordered, bought or returned"),
    "analytics_cache": OnePer("product and period"),
    "products": OnePer("card"),
    "stocks": Otherwise(
        f"{KEEP_DAYS} days after nothing was left, but for a product's newest: "
        "one row per size and warehouse that has some"
    ),
    "sales": OnePer("purchase or return"),
    "prices": OnePer("size of a card"),
    "price_history": Otherwise(
        f"{KEEP_DAYS} days after `changed_at`, but for what held good then: the newest of a size's"
    ),
    "seller_stocks": OnePer("size and warehouse of the seller"),
    "stock_remains": OnePer("barcode and warehouse"),
    "stock_days": Otherwise(
        f"{STOCK_DAYS_KEEP_DAYS} days after `day`, but for what held good then: "
        "the newest of those of each row of stock"
    ),
    "warehouses": OnePer("warehouse of the seller"),
    "offices": OnePer("office of WB"),
    "fbs_orders": OnePer("FBS task"),
    "feedbacks": OnePer("feedback"),
    "questions": OnePer("question"),
    "claims": OnePer("claim"),
    "funnel_days": OnePer("card and day"),
    "finance_rows": OnePer("line of a report"),
    "campaigns": OnePer("campaign"),
    "campaign_bids": OnePer("campaign and card in it"),
    "campaign_stats": OnePer("campaign, day, platform and card"),
    "campaign_spend": OnePer("sum written off"),
    "campaign_budgets": OnePer("campaign with a budget"),
    "advert_balances": OnePer("currency of an account"),
    "tariffs_commission": OnePer("subject"),
    "tariffs_box": OnePer("warehouse"),
    "tariffs_return": OnePer("warehouse"),
    "sources": OnePer("resource of a cabinet"),
    "costs": OnePer("card and day from which it holds"),
    "tax": OnePer("day from which it holds"),
    "other_costs": OnePer("card and day from which it holds"),
    "lead_times": OnePer("card and day from which it holds"),
    "plans": OnePer("card and month"),
    "digests": OlderThan("prepared_at", DIGESTS_KEEP_DAYS),
    "item_figures": OnePer("item, section and currency"),
    "alerts": OnePer("rule and what it is about, open or not"),
    "cabinet_tokens": OnePer("cabinet"),
    "reconciliation": Otherwise(f"{KEEP_DAYS} days after `day`"),
    "stale_reconciliations": OnePer("item to be reconciled"),
    "told_steps": OlderThan("told_at", KEEP_DAYS),
    "waiting_steps": OlderThan("told_at", KEEP_DAYS),
    replays.NAME: replays.RULE,
    "figure_days": OnePer("cabinet with figures"),
    "stale_cabinets": OnePer("part of a cabinet with something to be counted"),
    "stale_cells": OnePer("cell to be counted"),
    "stale_sections": OnePer("section of an item to be counted"),
    "stale_failures": OlderThan("failed_at", FAILURES_KEEP_DAYS),
}
"""The rule of every table."""

# The newest row of a product stays: "none left, as of then" is not "unknown".
OLD_STOCKS = text("""
DELETE FROM stocks WHERE (cabinet_id, nm_id, chrt_id, warehouse_id) IN (
    SELECT cabinet_id, nm_id, chrt_id, warehouse_id FROM stocks AS old
    WHERE quantity = 0 AND observed_at < now() - make_interval(days => :days) AND EXISTS (
        SELECT FROM stocks AS newer
        WHERE newer.cabinet_id = old.cabinet_id AND newer.nm_id = old.nm_id
            AND (newer.observed_at, newer.chrt_id, newer.warehouse_id)
                > (old.observed_at, old.chrt_id, old.warehouse_id)
    )
    ORDER BY observed_at LIMIT :batch FOR UPDATE SKIP LOCKED
)
""")

OLD_STOCK_DAYS = text("""
DELETE FROM stock_days WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM stock_days AS old
    WHERE day < CAST(:today AS date) - CAST(:days AS integer) AND EXISTS (
        SELECT FROM stock_days AS newer
        WHERE (newer.cabinet_id, newer.nm_id, newer.source, newer.chrt_id, newer.barcode, newer.tech_size,
                newer.warehouse)
            = (old.cabinet_id, old.nm_id, old.source, old.chrt_id, old.barcode, old.tech_size, old.warehouse)
            AND newer.day > old.day AND newer.day < CAST(:today AS date) - CAST(:days AS integer)
    )
    ORDER BY day LIMIT :batch FOR UPDATE SKIP LOCKED
))
""")

OLD_PRICES = text("""
DELETE FROM price_history WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM price_history AS old
    WHERE changed_at < now() - make_interval(days => :days) AND EXISTS (
        SELECT FROM price_history AS newer
        WHERE (newer.cabinet_id, newer.nm_id, newer.size_id) = (old.cabinet_id, old.nm_id, old.size_id)
            AND newer.revision > old.revision AND newer.changed_at < now() - make_interval(days => :days)
    )
    ORDER BY changed_at LIMIT :batch FOR UPDATE SKIP LOCKED
))
""")

OLD_RECONCILIATION = servicekit.retention.delete_oldest("reconciliation", OlderThan("day", KEEP_DAYS))


async def forget_old(database: Database, today: date) -> dict[str, int]:
    """Delete what is old by the rules on the Moscow day `today`; how many rows of each table.

    No figure changes: stock rows with nothing left add nothing to a product's stock, nor to the time it was seen at.
    """
    forgotten = await servicekit.retention.forget_old(database, RULES)
    return {
        **forgotten,
        "stocks": await in_batches(database, OLD_STOCKS, days=KEEP_DAYS),
        "reconciliation": await in_batches(database, OLD_RECONCILIATION, days=KEEP_DAYS),
        "price_history": await in_batches(database, OLD_PRICES, days=KEEP_DAYS),
        "stock_days": await in_batches(database, OLD_STOCK_DAYS, days=STOCK_DAYS_KEEP_DAYS, today=today),
    }

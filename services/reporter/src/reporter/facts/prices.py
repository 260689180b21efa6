"""Prices, and what they were."""

from contracts.items import Section
from contracts.prices import PricesUpdatedV1

from reporter import tables
from reporter.facts.newer_rows import Facts, History
from reporter.facts.touched import of_items

PRICES = Facts(
    PricesUpdatedV1,
    tables.prices,
    sections=of_items(Section.MONEY),
    history=History(tables.price_history, made={"changed_at": "CAST(:time AS timestamptz)"}),
)

"""Lines of finance reports; one without an item is the cabinet's own."""

from contracts.finance import FinanceUpdatedV1
from contracts.items import Section

from reporter import tables
from reporter.facts.newer_rows import Facts
from reporter.facts.touched import of_items

FINANCE = Facts(FinanceUpdatedV1, tables.finance_rows, sections=of_items(Section.MONEY), reconciled=True)

"""Cards."""

from contracts.items import Section
from contracts.products import ProductsUpdatedV1

from reporter import tables
from reporter.facts.newer_rows import Facts
from reporter.facts.touched import of_items

# Its subject and its volume decide what it costs; its sizes, in which order stock is shown.
PRODUCTS = Facts(ProductsUpdatedV1, tables.products, sections=of_items(Section.MONEY, Section.STOCK, Section.VELOCITY))

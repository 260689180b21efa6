"""FBS tasks, the seller's warehouses, and the offices of WB that they are linked to."""

from contracts.fbs import FbsOrdersUpdatedV1
from contracts.items import Section
from contracts.warehouses import OfficesUpdatedV1, WarehousesUpdatedV1

from reporter import tables
from reporter.facts.newer_rows import Facts
from reporter.facts.touched import of_all

FBS_ORDERS = Facts(FbsOrdersUpdatedV1, tables.fbs_orders)
# They say from where an order is sent, and by which tariff.
WAREHOUSES = Facts(WarehousesUpdatedV1, tables.warehouses, sections=of_all(Section.MONEY, Section.REGIONS))
OFFICES = Facts(OfficesUpdatedV1, tables.offices, sections=of_all(Section.REGIONS))

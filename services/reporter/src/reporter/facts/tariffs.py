"""Tariffs, as each cabinet is told them."""

from contracts.items import Section
from contracts.tariffs import TariffsBoxUpdatedV1, TariffsCommissionUpdatedV1, TariffsReturnUpdatedV1

from reporter import tables
from reporter.facts.newer_rows import Facts
from reporter.facts.touched import of_all, of_items

_OF_THE_SUBJECTS = """(
    SELECT products.nm_id FROM products JOIN touched USING (cabinet_id, subject_id)
) AS of_the_subjects"""

COMMISSION = Facts(
    TariffsCommissionUpdatedV1, tables.tariffs_commission, sections=of_items(Section.MONEY, rows=_OF_THE_SUBJECTS)
)
# Which warehouses an item is sent from is not known here. A tariff says where a warehouse is as well.
BOX = Facts(TariffsBoxUpdatedV1, tables.tariffs_box, sections=of_all(Section.MONEY, Section.REGIONS))
# Of goods that go back to the seller: no figure is made of them.
RETURN = Facts(TariffsReturnUpdatedV1, tables.tariffs_return)

"""What sellers enter themselves: costs, taxes, other costs, lead times, plans."""

from contracts.analytics import WHOLE_CABINET
from contracts.entered import CostsEnteredV1, LeadTimesEnteredV1, OtherCostsEnteredV1, PlanEnteredV1, TaxEnteredV1
from contracts.items import Section

from reporter import tables
from reporter.facts.newer_rows import Facts
from reporter.facts.touched import of_all, of_items

# A row of no item is every item's that has none of its own.
_COMMON = f"(SELECT nm_id FROM touched WHERE nm_id = {WHOLE_CABINET}) AS common"
_CABINET = f"(SELECT {WHOLE_CABINET} AS nm_id FROM touched) AS cabinet"


def _of_concerned(*sections: Section) -> str:
    return f"{of_items(*sections)} UNION {of_all(*sections, rows=_COMMON)}"


COSTS = Facts(CostsEnteredV1, tables.costs, sections=of_items(Section.MONEY, Section.RANK))
TAX = Facts(
    TaxEnteredV1,
    tables.tax,
    sections=f"{of_items(Section.MONEY, Section.RANK, rows=_CABINET)} UNION {of_all(Section.MONEY)}",
)
OTHER_COSTS = Facts(OtherCostsEnteredV1, tables.other_costs, sections=_of_concerned(Section.MONEY, Section.RANK))
LEAD_TIMES = Facts(LeadTimesEnteredV1, tables.lead_times, sections=_of_concerned(Section.STOCK))
PLANS = Facts(PlanEnteredV1, tables.plans, sections=of_items(Section.PLAN))

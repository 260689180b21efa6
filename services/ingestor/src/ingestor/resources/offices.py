"""WB offices that a seller's warehouse can be linked to. Source: `GET /api/v3/offices` (marketplace), all at once.

Their coordinates are left out: nothing is decided by them, and WB's own example has them the wrong way round.
"""

from datetime import timedelta

from contracts.warehouses import OfficesUpdatedV1

from ingestor.resources import whole_lists
from ingestor.resources.columns import columns, flag, ident, key, parser, text, whole
from ingestor.resources.resource import Publishing, Resource, Storage
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS

COLUMNS = columns(
    key(ident("office_id", wb="id")),
    text("name"),
    text("address"),
    text("city"),
    text("federal_district"),
    whole("cargo_type"),
    whole("delivery_type"),
    flag("selected"),
)
TABLE, parse = data_table("offices", COLUMNS), parser(COLUMNS)


RESOURCE = Resource(
    name="offices",
    method=METHODS["offices"],
    refresh=timedelta(hours=6),
    changes_by_itself=True,
    reading=whole_lists.whole_list(),
    storage=Storage(
        table=TABLE,
        parse=parse,
        when_gone={},
    ),
    publishing=Publishing(
        event=OfficesUpdatedV1,
        rows="offices",
    ),
)

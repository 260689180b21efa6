"""The seller's own warehouses. Source: `GET /api/v3/warehouses` (marketplace), all at once."""

from datetime import timedelta

from contracts.warehouses import WarehousesUpdatedV1

from ingestor.resources import whole_lists
from ingestor.resources.columns import columns, flag, ident, key, parser, text, whole
from ingestor.resources.resource import Publishing, Resource, Storage
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS

COLUMNS = columns(
    key(ident("warehouse_id", wb="id")),
    text("name"),
    ident("office_id"),
    whole("cargo_type"),
    whole("delivery_type"),
    flag("is_deleting"),
    flag("is_processing"),
)
TABLE, parse = data_table("warehouses", COLUMNS), parser(COLUMNS)


RESOURCE = Resource(
    name="warehouses",
    method=METHODS["warehouses"],
    refresh=timedelta(minutes=30),
    reading=whole_lists.whole_list(),
    storage=Storage(
        table=TABLE,
        parse=parse,
        when_gone={},
    ),
    publishing=Publishing(
        event=WarehousesUpdatedV1,
        rows="warehouses",
    ),
    codes=frozenset({"cargoType", "deliveryType"}),
)

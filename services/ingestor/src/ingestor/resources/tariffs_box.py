"""Tariffs of delivery and storage of boxes. Source: `GET /api/v1/tariffs/box`, a full re-read of the day each time.

Coefficients are in the figures already. Since 2026-08-15 WB lists no Russian warehouse of its own.
"""

from datetime import timedelta

from contracts.tariffs import TariffsBoxUpdatedV1
from sqlalchemy import Date

from ingestor.resources import tariffs
from ingestor.resources.columns import columns, currency, days, figures, key, observed, parser, text
from ingestor.resources.resource import Publishing, Resource, Storage
from ingestor.resources.table import data_table, history_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moscow_day

COLUMNS = columns(
    key(text("warehouse_name", wb="warehouse.warehouseName")),
    # Warehouses of several countries may share one of WB's made-up names.
    key(text("geo_name", wb="warehouse.geoName"), optional=True),
    currency(wb="all.currency"),
    # Roubles for the first and each further litre, and coefficients in percent; 0 is free, "-" is unknown.
    *figures(
        "box_delivery_base",
        "box_delivery_liter",
        "box_delivery_coef_expr",
        "box_delivery_marketplace_base",
        "box_delivery_marketplace_liter",
        "box_delivery_marketplace_coef_expr",
        "box_storage_base",
        "box_storage_liter",
        "box_storage_coef_expr",
        within="warehouse.",
    ),
    *days("dt_next_box", "dt_till_max", within="all."),
    observed("read_on", Date, moscow_day),
)
TABLE, parse = data_table("tariffs_box", COLUMNS), parser(COLUMNS)
HISTORY = history_table(TABLE)


RESOURCE = Resource(
    name="tariffs_box",
    method=METHODS["box-tariffs"],
    refresh=timedelta(hours=12),
    changes_by_itself=True,
    reading=tariffs.READING,
    storage=Storage(
        table=TABLE,
        parse=parse,
        untracked=frozenset({"read_on"}),
        when_gone={},
        history=HISTORY,
    ),
    publishing=Publishing(
        event=TariffsBoxUpdatedV1,
        rows="tariffs",
    ),
)

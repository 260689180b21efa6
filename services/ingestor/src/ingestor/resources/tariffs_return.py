"""Tariffs of returns to the seller. Source: `GET /api/v1/tariffs/return`, a full re-read of the day each time."""

from datetime import timedelta

from contracts.tariffs import TariffsReturnUpdatedV1
from sqlalchemy import Date

from ingestor.resources import tariffs
from ingestor.resources.columns import columns, currency, days, figures, key, observed, parser, text
from ingestor.resources.resource import Publishing, Resource, Storage
from ingestor.resources.table import data_table, history_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moscow_day

COLUMNS = columns(
    key(text("warehouse_name", wb="warehouse.warehouseName")),
    currency(wb="all.currency"),
    # Roubles for the first and each further litre, or for a unit; 0 is free, "-" is unknown.
    *figures(
        "delivery_dump_kgt_office_base",
        "delivery_dump_kgt_office_liter",
        "delivery_dump_kgt_return_expr",
        "delivery_dump_srg_office_expr",
        "delivery_dump_srg_return_expr",
        "delivery_dump_sup_courier_base",
        "delivery_dump_sup_courier_liter",
        "delivery_dump_sup_office_base",
        "delivery_dump_sup_office_liter",
        "delivery_dump_sup_return_expr",
        within="warehouse.",
    ),
    *days("dt_next_delivery_dump_kgt", "dt_next_delivery_dump_srg", "dt_next_delivery_dump_sup", within="all."),
    observed("read_on", Date, moscow_day),
)
TABLE, parse = data_table("tariffs_return", COLUMNS), parser(COLUMNS)
HISTORY = history_table(TABLE)


RESOURCE = Resource(
    name="tariffs_return",
    method=METHODS["return-tariffs"],
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
        event=TariffsReturnUpdatedV1,
        rows="tariffs",
    ),
)

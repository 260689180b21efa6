"""Tariffs of delivery and storage of boxes. Source: `GET /api/v1/tariffs/box`, a full re-read of the day each time.

Coefficients are in the figures already. Since 2026-08-15 WB lists no Russian warehouse of its own.
"""

from datetime import datetime, timedelta

import msgspec
from contracts.tariffs import TariffsBoxUpdatedV1
from sqlalchemy import Column, Date, Text

from ingestor.resources import at_once, tariffs
from ingestor.resources.fields import KeyText, figure, text_or_none
from ingestor.resources.resource import BrokenRow, Resource, Row
from ingestor.resources.table import data_table, history_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import day_or_none, moscow_day

TABLE = data_table(
    "tariffs_box",
    Column("warehouse_name", Text, primary_key=True),
    # Warehouses of several countries may share one of WB's made-up names.
    Column("geo_name", Text, primary_key=True),
    Column("currency", Text),
    *tariffs.figures(
        "box_delivery_base",
        "box_delivery_liter",
        "box_delivery_coef_expr",
        "box_delivery_marketplace_base",
        "box_delivery_marketplace_liter",
        "box_delivery_marketplace_coef_expr",
        "box_storage_base",
        "box_storage_liter",
        "box_storage_coef_expr",
    ),
    *tariffs.days("dt_next_box", "dt_till_max"),
    Column("read_on", Date, nullable=False),
)
HISTORY = history_table(TABLE)


class _WbAll(msgspec.Struct, rename="camel"):
    currency: str | None = None
    dt_next_box: str | None = None
    dt_till_max: str | None = None


class _WbWarehouse(msgspec.Struct, rename="camel"):
    warehouse_name: KeyText
    geo_name: KeyText | None = None
    box_delivery_base: str | None = None
    box_delivery_liter: str | None = None
    box_delivery_coef_expr: str | None = None
    box_delivery_marketplace_base: str | None = None
    box_delivery_marketplace_liter: str | None = None
    box_delivery_marketplace_coef_expr: str | None = None
    box_storage_base: str | None = None
    box_storage_liter: str | None = None
    box_storage_coef_expr: str | None = None


class _Row(msgspec.Struct):
    all: _WbAll
    warehouse: _WbWarehouse


_row = msgspec.json.Decoder(_Row)


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """Roubles for the first and each further litre, and coefficients in percent; 0 is free, "-" is unknown."""
    row = _row.decode(raw)
    wb = row.warehouse
    if not wb.warehouse_name:
        raise BrokenRow("warehouseName is empty")
    return (
        wb.warehouse_name,
        wb.geo_name or "",
        text_or_none(row.all.currency),
        figure(wb.box_delivery_base),
        figure(wb.box_delivery_liter),
        figure(wb.box_delivery_coef_expr),
        figure(wb.box_delivery_marketplace_base),
        figure(wb.box_delivery_marketplace_liter),
        figure(wb.box_delivery_marketplace_coef_expr),
        figure(wb.box_storage_base),
        figure(wb.box_storage_liter),
        figure(wb.box_storage_coef_expr),
        day_or_none(row.all.dt_next_box),
        day_or_none(row.all.dt_till_max),
        moscow_day(observed_at),
    )


RESOURCE = Resource(
    name="tariffs_box",
    method=METHODS["box-tariffs"],
    table=TABLE,
    event=TariffsBoxUpdatedV1,
    rows="tariffs",
    refresh=timedelta(hours=12),
    paging="none",
    overlap="everything",
    begin=tariffs.begin,
    ask=tariffs.ask,
    read=tariffs.read,
    parse=parse,
    advance=at_once.advance,
    unhashed=frozenset({"read_on"}),
    emptied={},
    history=HISTORY,
)

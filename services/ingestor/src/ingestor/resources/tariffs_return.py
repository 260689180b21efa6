"""Tariffs of returns to the seller. Source: `GET /api/v1/tariffs/return`, a full re-read of the day each time."""

from datetime import datetime, timedelta

import msgspec
from contracts.tariffs import TariffsReturnUpdatedV1
from sqlalchemy import Column, Date, Text

from ingestor.resources import at_once, tariffs
from ingestor.resources.fields import KeyText, figure, text_or_none
from ingestor.resources.resource import BrokenRow, Resource, Row
from ingestor.resources.table import data_table, history_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import day_or_none, moscow_day

TABLE = data_table(
    "tariffs_return",
    Column("warehouse_name", Text, primary_key=True),
    Column("currency", Text),
    *tariffs.figures(
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
    ),
    *tariffs.days("dt_next_delivery_dump_kgt", "dt_next_delivery_dump_srg", "dt_next_delivery_dump_sup"),
    Column("read_on", Date, nullable=False),
)
HISTORY = history_table(TABLE)


class _WbAll(msgspec.Struct, rename="camel"):
    currency: str | None = None
    dt_next_delivery_dump_kgt: str | None = None
    dt_next_delivery_dump_srg: str | None = None
    dt_next_delivery_dump_sup: str | None = None


class _WbWarehouse(msgspec.Struct, rename="camel"):
    warehouse_name: KeyText
    delivery_dump_kgt_office_base: str | None = None
    delivery_dump_kgt_office_liter: str | None = None
    delivery_dump_kgt_return_expr: str | None = None
    delivery_dump_srg_office_expr: str | None = None
    delivery_dump_srg_return_expr: str | None = None
    delivery_dump_sup_courier_base: str | None = None
    delivery_dump_sup_courier_liter: str | None = None
    delivery_dump_sup_office_base: str | None = None
    delivery_dump_sup_office_liter: str | None = None
    delivery_dump_sup_return_expr: str | None = None


class _Row(msgspec.Struct):
    all: _WbAll
    warehouse: _WbWarehouse


_row = msgspec.json.Decoder(_Row)


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """Roubles for the first and each further litre, or for a unit; 0 is free, "-" is unknown."""
    row = _row.decode(raw)
    wb = row.warehouse
    if not wb.warehouse_name:
        raise BrokenRow("warehouseName is empty")
    return (
        wb.warehouse_name,
        text_or_none(row.all.currency),
        figure(wb.delivery_dump_kgt_office_base),
        figure(wb.delivery_dump_kgt_office_liter),
        figure(wb.delivery_dump_kgt_return_expr),
        figure(wb.delivery_dump_srg_office_expr),
        figure(wb.delivery_dump_srg_return_expr),
        figure(wb.delivery_dump_sup_courier_base),
        figure(wb.delivery_dump_sup_courier_liter),
        figure(wb.delivery_dump_sup_office_base),
        figure(wb.delivery_dump_sup_office_liter),
        figure(wb.delivery_dump_sup_return_expr),
        day_or_none(row.all.dt_next_delivery_dump_kgt),
        day_or_none(row.all.dt_next_delivery_dump_srg),
        day_or_none(row.all.dt_next_delivery_dump_sup),
        moscow_day(observed_at),
    )


RESOURCE = Resource(
    name="tariffs_return",
    method=METHODS["return-tariffs"],
    table=TABLE,
    event=TariffsReturnUpdatedV1,
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

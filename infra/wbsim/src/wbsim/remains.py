"""Reports on stock in WB's warehouses that are made on demand: ordered, waited for, downloaded."""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import groupby
from random import Random
from typing import TYPE_CHECKING, Any, Literal

from wbsim.catalogue import Product, Size
from wbsim.config import Behaviour
from wbsim.orders import RowJson, serialise

if TYPE_CHECKING:
    from wbsim.shop import Shop

ReportStatus = Literal["new", "processing", "done", "canceled", "purged"]
TO_CLIENT, FROM_CLIENT, IN_TOTAL = "В пути до получателей", "В пути возвраты на склад WB", "Всего находится на складах"
WB_WAREHOUSE = "Склад WB РФ"
LARGE_LITRES = 3
Kept = Callable[[Product], bool]

_Column = tuple[str, Callable[[Product, Size], Any]]
GROUPS: dict[str, tuple[_Column, ...]] = {
    "groupByBrand": (("brand", lambda product, size: product.brand),),
    "groupBySubject": (("subjectName", lambda product, size: product.kind.subject),),
    "groupBySa": (("vendorCode", lambda product, size: product.vendor_code),),
    "groupByNm": (("nmId", lambda product, size: product.nm_id), ("volume", lambda product, size: litres(product))),
    "groupByBarcode": (("barcode", lambda product, size: size.barcode),),
    "groupBySize": (("techSize", lambda product, size: size.tech_size),),
}
"""The columns that each flag of the query adds to a report."""


@dataclass(slots=True)
class Report:
    """One report; `rows` are those of the moment it was ordered, None once it is gone."""

    id: str
    made_at: float
    canceled: bool
    rows: list[bytes] | None


class Remains:
    """A shop's reports by id."""

    def __init__(self, seed: int) -> None:
        self._rng = Random(f"{seed} remains")
        self.reports: dict[str, Report] = {}

    def order(self, rows: list[RowJson], now: float, behaviour: Behaviour) -> Report:
        """Begin a report."""
        report = Report(
            id=str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
            made_at=now,
            canceled=self._rng.random() < behaviour.report_canceled_share,
            rows=[serialise(row) for row in rows],
        )
        self.reports[report.id] = report
        return report


def status_at(report: Report, now: float, behaviour: Behaviour) -> ReportStatus:
    """How far a report is: a third of its time new, then processing; its rows are gone when it is purged."""
    age = now - report.made_at
    if age < behaviour.report_seconds:
        return "new" if age < behaviour.report_seconds / 3 else "processing"
    if report.canceled:
        return "canceled"
    if report.rows is not None and age < behaviour.report_seconds + behaviour.report_kept_seconds:
        return "done"
    report.rows = None
    return "purged"


def litres(product: Product) -> float:
    """The volume of one unit."""
    length, width, height = product.kind.dimensions_cm
    return round(length * width * height / 1_000, 2)


def remains_rows(shop: "Shop", groups: Collection[str], kept: Kept = lambda product: True) -> list[RowJson]:
    """A report's rows: one for each combination of the groups' columns, with where its units are.

    Warehouses and ways without a unit are left out; without a group there is one row for everything.
    """
    columns = [column for group, columns in GROUPS.items() if group in groups for column in columns]
    lines = [
        ({name: value(product, size) for name, value in columns}, shop.stocks[size.chrt_id])
        for product in shop.products.values()
        if kept(product)
        for size in product.sizes
    ]
    lines.sort(key=lambda line: list(line[0].values()))
    rows = []
    for head, group in groupby(lines, key=lambda line: line[0]):
        stocks = [stock for _, stock in group]
        here = sum(stock.quantity for stock in stocks)
        places = {
            TO_CLIENT: sum(stock.in_way_to_client for stock in stocks),
            FROM_CLIENT: sum(stock.in_way_from_client for stock in stocks),
            IN_TOTAL: here,
            WB_WAREHOUSE: here,
        }
        found = [{"warehouseName": name, "quantity": units} for name, units in places.items() if units]
        rows.append(head | {"warehouses": found})
    return rows


def truth(shop: "Shop", now: float) -> list[RowJson]:
    """A report with every group, as it would be ordered now."""
    return remains_rows(shop, GROUPS)

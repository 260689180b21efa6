"""Reports on stock in WB's warehouses that are made on demand: ordered, waited for, downloaded."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from wbsim.catalogue import Product, Size
from wbsim.config import Behaviour
from wbsim.orders import RowJson, serialise

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

"""Assembly tasks (FBS): orders that the seller packs and hands over, their way to the buyer, and their rows."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

from wbsim.currencies import Currency
from wbsim.goods import CITIES
from wbsim.orders import CancelType, Order, RowJson, is_b2b, order_uid
from wbsim.times import DAY_SECONDS, problem_time
from wbsim.warehouses import SMALL_GOODS, Warehouse

KEPT_DAYS = 90
"""Older tasks are in the archive only: WB says three months."""
SUPPLY_TASKS = 8
WAY = (
    ("new", "waiting"),
    ("confirm", "waiting"),
    ("complete", "waiting"),
    ("complete", "sorted"),
    ("complete", "ready_for_pickup"),
)
"""supplierStatus and wbStatus of a task on its way."""
CONFIRMED, HANDED_OVER, SORTED, AT_PICKUP = 1, 2, 3, 4
_COMMENTS = ("Упакуйте в плёнку, пожалуйста", "Не звоните, напишите", "Это подарок, уберите чек")
_STREETS = ("Садовая", "Полевая", "Озёрная", "Вокзальная", "Лесная")


@dataclass(slots=True)
class Task:
    """One assembly task: what it was when the order came in, and how far it has got; money is kopecks."""

    id: int
    order: Order
    office_id: int
    office: str
    price: int
    sale_price: int
    address: RowJson
    comment: str
    is_zero: bool
    currency_code: int
    stage: int = 0
    supply_id: str = ""
    end: tuple[str, str] | None = None

    @property
    def statuses(self) -> tuple[str, str]:
        """supplierStatus and wbStatus."""
        return self.end or WAY[self.stage]

    @property
    def scan_price(self) -> int | None:
        """What it was accepted at, once it has been."""
        return self.price if self.stage >= SORTED else None


class Fbs:
    """A shop's assembly tasks by id, ids ascending."""

    def __init__(self, seed: int, currency: Currency) -> None:
        self.currency = currency
        self.rng = Random(f"{seed} fbs")
        self.tasks: dict[int, Task] = {}
        self._ids: list[int] = []
        self._by_srid: dict[str, Task] = {}
        self._next_id = self.rng.randrange(4_000_000_000, 5_000_000_000)
        self._supply = self.rng.randrange(100_000_000, 200_000_000)
        self._in_supply = 0

    def drawn(self, share: float) -> bool:
        """Whether the next order is an assembly task."""
        return share > 0 and self.rng.random() < share

    def accept(self, order: Order, warehouse: Warehouse, *, is_zero: bool) -> Task:
        """A new task for an order that is sold from the warehouse."""
        rng = self.rng
        city = CITIES[order.row["regionName"]]
        address = {
            "fullAddress": f"г. {city.name}, {rng.choice(_STREETS)} улица, д. {rng.randrange(1, 90)}",
            "longitude": round(city.longitude + rng.uniform(-0.1, 0.1), 6),
            "latitude": round(city.latitude + rng.uniform(-0.05, 0.05), 6),
        }
        task = Task(
            id=self._next_id,
            order=order,
            office_id=warehouse.office.id,
            office=warehouse.office.name,
            price=order.money["finishedPrice"] * 100,
            sale_price=order.seller_price * 100,
            address=address,
            comment=rng.choice(_COMMENTS) if rng.random() < 0.2 else "",
            is_zero=is_zero,
            currency_code=self.currency.number,
        )
        self._next_id += rng.randrange(1, 4_000)
        self.tasks[task.id] = task
        self._ids.append(task.id)
        self._by_srid[order.srid] = task
        return task

    def number_of(self, srid: str) -> int:
        """The id of an order's task, 0 for an order that is none."""
        task = self._by_srid.get(srid)
        return task.id if task else 0

    def forward(self, order: Order) -> bool:
        """The next stage of a task; False where it has ended, or waits for its buyer already."""
        task = self._by_srid[order.srid]
        if task.end or task.stage == AT_PICKUP:
            return False
        task.stage += 1
        if task.stage == CONFIRMED:
            self._put_into_supply(task)
        return True

    def sold(self, order: Order) -> None:
        """The buyer has taken it, so it has been through every stage."""
        task = self._by_srid[order.srid]
        while self.forward(order):
            pass
        task.end = ("complete", "sold")

    def cancel(self, order: Order) -> tuple[CancelType, bool]:
        """End a task without a sale: why, and whether the goods have not left the seller's warehouse.

        Who cancels follows from the stage: the buyer before anyone packs and at the pickup point, the seller while
        packing, WB on the way, for a defect.
        """
        task = self._by_srid[order.srid]
        supplier = WAY[task.stage][0]
        if task.stage < CONFIRMED:
            task.end = (supplier, "declined_by_client")
            return "app", True
        if task.stage < HANDED_OVER:
            task.end = ("cancel", "canceled")
            return "other", True
        if task.stage < AT_PICKUP:
            task.end = (supplier, "defect")
            return "other", False
        task.end = (supplier, "canceled_by_client")
        return "receipt", False

    def after(self, task_id: int) -> Iterator[Task]:
        """The tasks with greater ids, ascending."""
        return (self.tasks[found] for found in self._ids[bisect_right(self._ids, task_id) :])

    def _put_into_supply(self, task: Task) -> None:
        if self._in_supply == SUPPLY_TASKS:
            self._supply += self.rng.randrange(1, 500)
            self._in_supply = 0
        self._in_supply += 1
        task.supply_id = f"WB-GI-{self._supply}"


def task_row(task: Task) -> RowJson:
    """A task as `GET /api/v3/orders` answers it."""
    row = _common(task) | {"scanPrice": task.scan_price, "trackNumber": ""}
    return row | ({"supplyId": task.supply_id} if task.supply_id else {})


def new_task_row(task: Task, *, marked: bool) -> RowJson:
    """A task as `GET /api/v3/orders/new` answers it; `marked` goods must be given their marking codes."""
    return _common(task) | {
        "salePrice": task.sale_price,
        "finalPrice": task.price,
        "convertedFinalPrice": task.price,
        "scanPrice": None,
        "requiredMeta": ["sgtin"] if marked else [],
        "optionalMeta": [],
        "isPickupPointShipmentAllowed": True,
    }


def archived_row(task: Task, *, marked: bool) -> RowJson:
    """A task as `GET /api/marketplace/v3/fbs/orders/archive` answers it."""
    row, (supplier, wb) = task.order.row, task.statuses
    return {
        "cargoType": "mgt",
        "colorCode": None,
        "createdAt": problem_time(task.order.placed_at)[:10],
        "crossBorder": {},
        "crossBorderType": "local",
        "id": task.id,
        "isZeroOrder": task.is_zero,
        "metaDetails": [{"key": "sgtin", "value": None, "decision": "filled"}] if marked else [],
        "options": {"isB2B": is_b2b(task.order.srid)},
        "orderUid": order_uid(row["gNumber"]),
        "priceInfo": {
            "convertedCurrencyCode": task.currency_code,
            "convertedPrice": task.price,
            "currencyCode": task.currency_code,
            "price": task.price,
        },
        "product": _product(task, row),
        "rid": task.order.srid,
        "scanPrice": task.scan_price,
        "status": {"supplierStatus": supplier, "wbStatus": wb},
        "stickerId": int(row["sticker"]),
        "supplyId": task.supply_id or None,
        "warehouseId": task.order.warehouse_id,
    }


def status_row(task: Task) -> RowJson:
    """A task as `POST /api/v3/orders/status` answers it."""
    supplier, wb = task.statuses
    return {
        "id": task.id,
        "isCancellable": task.end is None and task.stage < HANDED_OVER,
        "isTransferable": task.end is None and task.stage == HANDED_OVER,
        "supplierStatus": supplier,
        "wbStatus": wb,
    }


def is_kept(task: Task, now: float) -> bool:
    """Whether a task is not in the archive yet."""
    return int(task.order.placed_at) >= now - KEPT_DAYS * DAY_SECONDS


def month_of(task: Task) -> tuple[int, int]:
    """The year and month (UTC) in which a task was made."""
    made = datetime.fromtimestamp(int(task.order.placed_at), UTC)
    return made.year, made.month


def _common(task: Task) -> RowJson:
    row = task.order.row
    return {
        "address": task.address,
        "deliveryType": "fbs",
        "orderUid": order_uid(row["gNumber"]),
        "colorCode": "",
        "rid": task.order.srid,
        "createdAt": problem_time(task.order.placed_at),
        "offices": [task.office],
        "id": task.id,
        "warehouseId": task.order.warehouse_id,
        "officeId": task.office_id,
        "price": task.price,
        "convertedPrice": task.price,
        "currencyCode": task.currency_code,
        "convertedCurrencyCode": task.currency_code,
        "cargoType": SMALL_GOODS,
        "crossBorderType": 0,
        "comment": task.comment,
        "isZeroOrder": task.is_zero,
        "options": {"isB2B": is_b2b(task.order.srid)},
    } | _product(task, row)


def _product(task: Task, row: RowJson) -> dict[str, Any]:
    return {
        "article": row["supplierArticle"],
        "nmId": task.order.nm_id,
        "chrtId": task.order.chrt_id,
        "skus": [row["barcode"]],
    }

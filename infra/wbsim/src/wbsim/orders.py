"""Orders and sales: what the simulator remembers of each, and their rows as the statistics API writes them."""

import hashlib
import json
import uuid
import zlib
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from wbsim.catalogue import Product, Size
from wbsim.feed import Version
from wbsim.goods import REGIONS
from wbsim.times import DAY_SECONDS, NEVER, moscow

_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
State = Literal["open", "cancelled", "bought", "returned"]
StatusName = Literal["created", "buyout", "cancel", "return", "returnDefective"]
CancelType = Literal["app", "receipt", "expire", "other"]
SELLER_WAREHOUSE = "Склад продавца"
RowJson = dict[str, Any]


@dataclass(slots=True)
class Status:
    """A status an order has had since `at`; `known_at` is when the order feed came to know of it."""

    at: float
    known_at: float
    name: StatusName
    cancel_type: CancelType | None = None
    body: bytes | None = None
    """The feed's row, once somebody has asked for it."""


@dataclass(slots=True)
class Order:
    """One unit ordered; `body` is its newest `supplier/orders` row, visible to clients or not yet.

    Moments are simulated Unix seconds. `money` is what the row will show once `priced`; until it is `paid` there is
    no such row. `seller_price` is roubles with the seller's discount when it was placed; `warehouse_id` is the
    seller's warehouse it is sold from, None where WB has the goods.
    """

    srid: str
    nm_id: int
    chrt_id: int
    placed_at: float
    changed_at: float
    money: RowJson
    body: bytes
    priced: bool = True
    state: State = "open"
    versions: list[Version] = field(default_factory=list)
    seller_price: int = 0
    warehouse_id: int | None = None
    paid: bool = True
    statuses: list[Status] = field(default_factory=list)

    @property
    def row(self) -> RowJson:
        """The row as WB would answer it."""
        row: RowJson = json.loads(self.body)
        return row


@dataclass(slots=True)
class Sale:
    """One `supplier/sales` row: a purchase (`S…`) or its return (`R…`, negative money)."""

    sale_id: str
    srid: str
    made_at: float
    money: RowJson
    body: bytes
    settled: bool = True
    versions: list[Version] = field(default_factory=list)

    @property
    def row(self) -> RowJson:
        """The row as WB would answer it."""
        row: RowJson = json.loads(self.body)
        return row


def serialise(row: RowJson | list[RowJson]) -> bytes:
    """A row, or several, as compact UTF-8 JSON."""
    return _compact(row).encode()


def order_money(price: int, spp: int, discount: int) -> RowJson:
    """The four money fields of an order: full price (roubles), WB's discount, seller's discount (percent)."""
    with_discount = round(price * (100 - discount) / 100)
    return {
        "discountPercent": discount,
        "spp": spp,
        "finishedPrice": round(with_discount * (100 - spp) / 100),
        "priceWithDisc": with_discount,
    }


def order_row(rng: Random, product: Product, size: Size, placed_at: float, basket: str) -> RowJson:
    """A new order's row without money."""
    district, region = rng.choice(REGIONS)
    return {
        "date": moscow(placed_at),
        "lastChangeDate": moscow(placed_at),
        "warehouseName": "Склад WB РФ",
        "warehouseType": "Склад WB",
        "countryName": "Россия",
        "oblastOkrugName": district,
        "regionName": region,
        "supplierArticle": product.vendor_code,
        "nmId": product.nm_id,
        "barcode": size.barcode,
        "category": product.kind.category,
        "subject": product.kind.subject,
        "brand": product.brand,
        "techSize": size.tech_size,
        "incomeID": size.income_id,
        "isSupply": False,
        "isRealization": True,
        "totalPrice": product.price,
        "discountPercent": 0,
        "spp": 0,
        "finishedPrice": 0,
        "priceWithDisc": 0,
        "isCancel": False,
        "cancelDate": NEVER,
        "sticker": str(rng.randrange(10**9, 10**10)),
        "gNumber": basket,
        "srid": make_srid(rng),
    }


def sale_money(rng: Random, order: Order, sign: int) -> RowJson:
    """The money of a sale (`sign` 1) or a return (-1), taken from its order's prices."""
    with_discount = order.money["priceWithDisc"]
    wallet = round(with_discount * rng.choice((0, 0.02, 0.03)))
    paid = round(with_discount * (100 - order.money["spp"]) / 100) - wallet
    return {
        "paymentSaleAmount": sign * wallet,
        "forPay": sign * round(with_discount * rng.uniform(0.615, 0.66), 2),
        "finishedPrice": sign * paid,
        "priceWithDisc": sign * with_discount,
    }


def sale_row(order: Order, sale_id: str, made_at: float, sign: int) -> RowJson:
    """The row of a sale or return without the money that WB fills in later."""
    row = {key: value for key, value in order.row.items() if key not in {"isCancel", "cancelDate"}}
    return row | {
        "date": moscow(made_at),
        "lastChangeDate": moscow(made_at),
        "totalPrice": sign * row["totalPrice"],
        "discountPercent": order.money["discountPercent"],
        "spp": order.money["spp"],
        "paymentSaleAmount": 0,
        "forPay": 0,
        "finishedPrice": 0,
        "priceWithDisc": 0,
        "saleID": sale_id,
    }


def order_uid(basket: str) -> str:
    """The id that finance and the marketplace give to a basket (`gNumber`)."""
    return f"id{hashlib.md5(basket.encode(), usedforsecurity=False).hexdigest()}"


def is_b2b(srid: str) -> bool:
    """Whether an order is a company's: one in thirty."""
    return zlib.crc32(srid.encode()) % 30 == 0


def cancel_type(order: Order, at: float) -> CancelType:
    """Why an order that WB has the goods of was cancelled: within a day it never arrived anywhere."""
    if at - order.placed_at < DAY_SECONDS:
        return "app"
    reasons: tuple[CancelType, ...] = ("receipt", "receipt", "app", "expire", "other")
    return reasons[zlib.crc32(order.srid.encode()) % len(reasons)]


def return_status(order: Order) -> StatusName:
    """How a bought unit comes back: mostly sound."""
    return "returnDefective" if zlib.crc32(order.srid.encode()) % 5 == 0 else "return"


def make_srid(rng: Random) -> str:
    """An order id in one of the shapes WB uses; opaque to clients."""
    unique = uuid.UUID(int=rng.getrandbits(128), version=4).hex
    shape = rng.randrange(3)
    if shape == 0:
        return f"{rng.randrange(1, 30)}.r{unique}.{rng.randrange(5)}.0"
    return unique if shape == 1 else f"e{unique[:24]}.0.0"

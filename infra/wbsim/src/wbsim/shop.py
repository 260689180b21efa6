"""One seller's shop: goods, stock, orders and sales, and every way they can change."""

import uuid
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from random import Random

from wbsim import orders as rows
from wbsim.campaigns import Adverts
from wbsim.catalogue import Product, Size, make_products, stamp
from wbsim.clock import Clock
from wbsim.config import Behaviour
from wbsim.feed import Entry, Feed, Version
from wbsim.ledger import Ledger
from wbsim.orders import Order, Sale
from wbsim.reviews import Feedback
from wbsim.times import moscow

SUPPLY_UNITS = 200


class Impossible(Exception):
    """The shop's state does not allow the change; the text says why."""


@dataclass(slots=True)
class Stock:
    """Units of one size in WB's warehouses and on the way to and from buyers."""

    nm_id: int
    quantity: int
    in_way_to_client: int = 0
    in_way_from_client: int = 0


class Shop:
    """The state of one seller; `on_version` hears of every version of an order row made after the start.

    Everything derives from `seed`; moments (`at`) are simulated Unix seconds.
    """

    def __init__(
        self,
        *,
        seed: int,
        name: str,
        products: int,
        clock: Clock,
        behaviour: Behaviour,
        on_version: Callable[["Shop", Version], None],
    ) -> None:
        self.rng = Random(seed)
        self.sid = str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        self.name = name
        self.tin = f"{self.rng.randrange(10**9, 10**10)}"
        self.clock = clock
        self.behaviour = behaviour
        self.payment_required = False
        self.global_gate = False
        self.products = {p.nm_id: p for p in make_products(self.rng, products, clock.now())}
        self.stocks = {
            size.chrt_id: Stock(product.nm_id, self.rng.randrange(20, 180), 0, self.rng.randrange(4))
            for product in self.products.values()
            for size in product.sizes
        }
        self.orders: dict[str, Order] = {}
        self.sales: dict[str, Sale] = {}
        self.feedbacks: list[Feedback] = []
        self.ledger = Ledger(seed, clock.now())
        self.adverts = Adverts(seed, list(self.products.values()), clock.now())
        self.order_feed = Feed()
        self.sale_feed = Feed()
        # Longest unchanged first: what the buyers and the delayed money take their next step from.
        self.open: OrderedDict[str, Order] = OrderedDict()
        self.bought: OrderedDict[str, Order] = OrderedDict()
        self.unpriced: OrderedDict[str, Order] = OrderedDict()
        self.unsettled: OrderedDict[str, Sale] = OrderedDict()
        self._on_version = on_version
        self._popular: Sequence[Product] = list(self.products.values())
        self._basket = ""

    def stand(self, *, payment_required: bool | None = None, global_gate: bool | None = None) -> None:
        """How WB sees the seller from now on; None leaves it."""
        self.payment_required = self.payment_required if payment_required is None else payment_required
        self.global_gate = self.global_gate if global_gate is None else global_gate

    def find(self, srid: str) -> Order:
        """The order of that srid; Impossible if there is none."""
        try:
            return self.orders[srid]
        except KeyError:
            raise Impossible(f"no order {srid}") from None

    def place(self, at: float, nm_id: int | None = None, *, past: bool = False) -> Order:
        """A buyer orders one unit of a size in stock; where the product is sold out, a supply arrives first.

        Past orders are priced at once and are not announced. Impossible for an unknown nm_id.
        """
        product = self._pick_product(nm_id)
        size = self._pick_size(product)
        if self.rng.random() > 0.15 or not self._basket:
            self._basket = str(self.rng.randrange(10**19, 10**20))
        row = rows.order_row(self.rng, product, size, at, self._basket)
        discount = max(0, min(90, product.discount + self.rng.randrange(-2, 3)))
        money = rows.order_money(product, self.rng.randrange(15, 29), discount)
        priced = past or self.rng.random() >= self.behaviour.zero_price_share
        if priced:
            row |= money
        order = Order(row["srid"], product.nm_id, size.chrt_id, at, at, money, rows.serialise(row), priced)
        stock = self.stocks[size.chrt_id]
        stock.quantity -= 1
        stock.in_way_to_client += 1
        self.orders[order.srid] = order
        self.open[order.srid] = order
        if not priced:
            self.unpriced[order.srid] = order
        self._publish_order(order, "new", at, past=past)
        return order

    def cancel(self, order: Order, at: float, *, past: bool = False) -> None:
        """The buyer refuses an open order: the row turns `isCancel`, the unit goes back into stock."""
        self._leave("open", order, at)
        order.state = "cancelled"
        self.ledger.book(at, order)
        stock = self.stocks[order.chrt_id]
        stock.in_way_to_client -= 1
        stock.quantity += 1
        self._rewrite(order, {"isCancel": True, "cancelDate": moscow(at)}, "cancel", at, past=past)

    def reprice(self, order: Order, at: float) -> None:
        """Fill in an order's missing money, or change its discount by a percent or two."""
        if order.priced:
            product = self.products[order.nm_id]
            old = order.money["discountPercent"]
            order.money = rows.order_money(product, order.money["spp"], old + (2 if old < 50 else -2))
        order.priced = True
        self.unpriced.pop(order.srid, None)
        order.changed_at = at
        if order.srid in self.open:
            self.open.move_to_end(order.srid)
        self._rewrite(order, order.money, "price", at, past=False)

    def buy_out(self, order: Order, at: float, *, past: bool = False) -> Sale:
        """The buyer keeps an open order: a sale `S…`; the order row does not change."""
        self._leave("open", order, at)
        order.state = "bought"
        self.bought[order.srid] = order
        self.stocks[order.chrt_id].in_way_to_client -= 1
        return self._sell(order, "S", at, past=past)

    def give_back(self, order: Order, at: float, *, past: bool = False) -> Sale:
        """A bought unit arrives back at the warehouse: a return `R…` with negative money."""
        self._leave("bought", order, at)
        order.state = "returned"
        self.stocks[order.chrt_id].quantity += 1
        return self._sell(order, "R", at, past=past)

    def settle(self, sale: Sale, at: float) -> None:
        """Fill in the money of a sale row."""
        sale.settled = True
        self.unsettled.pop(sale.sale_id, None)
        sale.body = rows.serialise(sale.row | sale.money | {"lastChangeDate": moscow(at)})
        self._publish_sale(sale, "money", at, past=False)

    def supply(self, size: Size, units: int) -> None:
        """A delivery of the seller's reaches WB: more stock, under a new `incomeID`."""
        size.income_id += 1
        self.stocks[size.chrt_id].quantity += units

    def edit(self, product: Product, fields: dict[str, str | int], at: float) -> None:
        """Change a card; `updatedAt` moves past every other card's."""
        for name, value in fields.items():
            setattr(product, name, value)
        newest = max(other.updated_at for other in self.products.values())
        product.updated_at = max(stamp(at, self.rng), newest + 10)

    def _pick_product(self, nm_id: int | None) -> Product:
        if nm_id is None:
            # A few products sell much better than the rest.
            return self._popular[int(len(self._popular) * self.rng.random() ** 2)]
        try:
            return self.products[nm_id]
        except KeyError:
            raise Impossible(f"no product {nm_id}") from None

    def _pick_size(self, product: Product) -> Size:
        in_stock = [size for size in product.sizes if self.stocks[size.chrt_id].quantity > 0]
        if in_stock:
            return self.rng.choice(in_stock)
        size = self.rng.choice(product.sizes)
        self.supply(size, SUPPLY_UNITS)
        return size

    def _leave(self, shelf: str, order: Order, at: float) -> None:
        waiting: OrderedDict[str, Order] = getattr(self, shelf)
        if waiting.pop(order.srid, None) is None:
            raise Impossible(f"order {order.srid} is {order.state}")
        order.changed_at = at

    def _sell(self, order: Order, letter: str, at: float, *, past: bool) -> Sale:
        sign = 1 if letter == "S" else -1
        sale_id = f"{letter}{self.rng.randrange(10**9, 10**10)}{len(self.sales) % 10_000:04d}"
        row = rows.sale_row(order, sale_id, at, sign)
        money = rows.sale_money(self.rng, order, sign)
        settled = past or self.rng.random() >= self.behaviour.zero_price_share
        if settled:
            row |= money
        sale = Sale(sale_id, order.srid, at, money, rows.serialise(row), settled)
        self.sales[sale_id] = sale
        self.ledger.book(at, order, sale)
        if not settled:
            self.unsettled[sale_id] = sale
        self._publish_sale(sale, "sale" if sign > 0 else "return", at, past=past)
        return sale

    def _rewrite(self, order: Order, fields: rows.RowJson, kind: str, at: float, *, past: bool) -> None:
        order.body = rows.serialise(order.row | fields | {"lastChangeDate": moscow(at)})
        self._publish_order(order, kind, at, past=past)

    def _publish_order(self, order: Order, kind: str, at: float, *, past: bool) -> None:
        version = self._publish(self.order_feed, order, order.srid, order.placed_at, kind, at, past=past)
        if not past:
            self._on_version(self, version)

    def _publish_sale(self, sale: Sale, kind: str, at: float, *, past: bool) -> None:
        self._publish(self.sale_feed, sale, sale.sale_id, sale.made_at, kind, at, past=past)

    def _publish(
        self, feed: Feed, item: Order | Sale, key: str, dated: float, kind: str, at: float, *, past: bool
    ) -> Version:
        late = not past and self.rng.random() < self.behaviour.late_share
        visible_at = at + self.behaviour.late_seconds if late else at
        if self.behaviour.refresh_seconds and not past:
            visible_at = ceil(visible_at / self.behaviour.refresh_seconds) * self.behaviour.refresh_seconds
        version = Version(key, len(item.versions) + 1, kind, self.clock.real(at), self.clock.real(visible_at))
        item.versions.append(version)
        feed.publish(Entry(int(at), int(dated), key, item.body, version), visible_at, at)
        return version

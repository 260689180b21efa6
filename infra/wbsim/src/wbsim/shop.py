"""One seller's shop: goods, stock, orders and sales, and every way they can change."""

import uuid
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil
from random import Random

from wbsim import orders as rows
from wbsim.catalogue import Product, Size, make_products, stamp
from wbsim.clock import Clock
from wbsim.config import Behaviour
from wbsim.currencies import CURRENCIES
from wbsim.feed import Entry, Feed, Version
from wbsim.funnel import Funnel
from wbsim.furnishings import Furnishings
from wbsim.ledger import Ledger
from wbsim.messages import Message
from wbsim.orders import CancelType, Order, Sale, Status, StatusName
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


class Shop(Furnishings):
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
        currency: str = "RUB",
        opened_at: float | None = None,
    ) -> None:
        self.seed = seed
        self.name = name
        self.opened_at = clock.now() if opened_at is None else opened_at
        self.currency = CURRENCIES[currency]
        self.rng = Random(seed)
        self.sid = str(uuid.UUID(int=self.rng.getrandbits(128), version=4))
        self.tin = f"{self.rng.randrange(10**9, 10**10)}"
        self.clock = clock
        self.behaviour = behaviour
        self.payment_required = False
        self.global_gate = False
        self.products = {p.nm_id: p for p in make_products(self.rng, products, self.opened_at)}
        self.stocks = {
            size.chrt_id: Stock(product.nm_id, self.rng.randrange(20, 180), 0, self.rng.randrange(4))
            for product in self.products.values()
            for size in product.sizes
        }
        self.orders: dict[str, Order] = {}
        self.sales: dict[str, Sale] = {}
        self.feedbacks: list[Message] = []
        self.ledger = Ledger(seed, self.opened_at)
        self.trash: dict[int, int] = {}
        """When each card in the trash was put there (microseconds), by nmID."""
        self.funnel = Funnel(seed)
        self.order_feed = Feed()
        self.sale_feed = Feed()
        # Longest unchanged first: what the buyers and the delayed money take their next step from.
        self.open: OrderedDict[str, Order] = OrderedDict()
        self.bought: OrderedDict[str, Order] = OrderedDict()
        self.unpaid: OrderedDict[str, Order] = OrderedDict()
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

    def place(self, at: float, nm_id: int | None = None, *, past: bool = False, fbs: bool | None = None) -> Order:
        """A buyer orders one unit of a size in stock; where the product is sold out, a supply arrives first.

        Past orders are priced and paid at once and are not announced; `fbs` None draws whether it is an assembly
        task. Impossible for an unknown nm_id.
        """
        product = self._pick_product(nm_id)
        if fbs is None:
            fbs = self.draws_fbs(self.behaviour.fbs_share)
        size = self.fbs.rng.choice(product.sizes) if fbs else self._pick_size(product)
        if self.rng.random() > 0.15 or not self._basket:
            self._basket = str(self.rng.randrange(10**19, 10**20))
        row = rows.order_row(self.rng, product, size, at, self._basket)
        discount = max(0, min(90, product.discount + self.rng.randrange(-2, 3)))
        money = rows.order_money(product.price, self.rng.randrange(15, 29), discount)
        priced = past or self.rng.random() >= self.behaviour.zero_price_share
        if priced:
            row |= money
        warehouse, is_zero = self.warehouses.sell(size.chrt_id) if fbs else (None, False)
        if warehouse:
            row |= {"warehouseName": warehouse.name, "warehouseType": rows.SELLER_WAREHOUSE, "incomeID": 0}
        order = Order(row["srid"], product.nm_id, size.chrt_id, at, at, money, rows.serialise(row), priced)
        order.seller_price = money["priceWithDisc"]
        order.paid = past or self._unpaid_rng.random() >= self.behaviour.unpaid_share
        self._note(order, "created", at, past=past)
        if warehouse:
            order.warehouse_id = warehouse.id
            self.fbs.accept(order, warehouse, is_zero=is_zero)
        else:
            stock = self.stocks[size.chrt_id]
            stock.quantity -= 1
            stock.in_way_to_client += 1
        self.orders[order.srid] = order
        self.funnel.note(order)
        (self.open if order.paid else self.unpaid)[order.srid] = order
        if not priced:
            self.unpriced[order.srid] = order
        self._publish_order(order, "new", at, past=past)
        return order

    def pay(self, order: Order, at: float) -> None:
        """The buyer pays for an order that was in the order feed only: its row is new from now on."""
        self._leave("unpaid", order, at)
        order.paid = True
        self.open[order.srid] = order
        self._rewrite(order, {}, "new", at, past=False)

    def cancel(self, order: Order, at: float, *, past: bool = False) -> None:
        """An open order ends without a sale: the row turns `isCancel`, the unit goes back into stock.

        A unit that the seller has handed over to WB does not come back into the seller's stock by itself.
        """
        self._leave("open" if order.paid else "unpaid", order, at)
        order.state = "cancelled"
        self.ledger.book(at, order)
        if order.warehouse_id is None:
            cancel_type = rows.cancel_type(order, at)
            stock = self.stocks[order.chrt_id]
            stock.in_way_to_client -= 1
            stock.quantity += 1
        else:
            cancel_type, still_there = self.fbs.cancel(order)
            if still_there:
                self.warehouses.put_back(order.warehouse_id, order.chrt_id)
        self._note(order, "cancel", at, cancel_type, past=past)
        self._rewrite(order, {"isCancel": True, "cancelDate": moscow(at)}, "cancel", at, past=past)

    def reprice(self, order: Order, at: float) -> None:
        """Fill in an order's missing money, or change its discount by a percent or two."""
        if order.priced:
            old = order.money["discountPercent"]
            order.money = rows.order_money(order.row["totalPrice"], order.money["spp"], old + (2 if old < 50 else -2))
        order.priced = True
        self.unpriced.pop(order.srid, None)
        order.changed_at = at
        if order.srid in self.open:
            self.open.move_to_end(order.srid)
        self._rewrite(order, order.money, "price", at, past=False)

    def buy_out(self, order: Order, at: float, *, past: bool = False) -> Sale:
        """The buyer keeps an open order, having paid: a sale `S…`; the order row does not change."""
        if order.srid in self.unpaid:
            self.pay(order, at)
        self._leave("open", order, at)
        order.state = "bought"
        self.bought[order.srid] = order
        if order.warehouse_id is None:
            self.stocks[order.chrt_id].in_way_to_client -= 1
        else:
            self.fbs.sold(order)
        self._note(order, "buyout", at, past=past)
        self.claims.bought(order, self.products[order.nm_id].title, at)
        return self._sell(order, "S", at, past=past)

    def give_back(self, order: Order, at: float, *, past: bool = False) -> Sale:
        """A bought unit comes back, to WB's stock if it was WB's: a return `R…` with negative money."""
        bought_at = order.changed_at
        self._leave("bought", order, at)
        order.state = "returned"
        self.claims.returned(order, self.products[order.nm_id].title, bought_at, at)
        if order.warehouse_id is None:
            self.stocks[order.chrt_id].quantity += 1
        self._note(order, rows.return_status(order), at, past=past)
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

    def listed(self) -> list[Product]:
        """The cards that are not in the trash."""
        return [product for nm_id, product in self.products.items() if nm_id not in self.trash]

    def throw_away(self, product: Product, at: float) -> None:
        """Put a card into the trash: nobody can order it. Impossible where it is the only one left."""
        if product.nm_id in self.trash:
            return
        if len(self.trash) == len(self.products) - 1:
            raise Impossible(f"{product.nm_id} is the last card")
        newest = max(self.trash.values(), default=0)
        self.trash[product.nm_id] = max(stamp(at, self.rng), newest + 10)
        self._popular = self.listed()

    def take_back(self, product: Product, at: float) -> None:
        """Take a card out of the trash; that counts as an edit, its `updatedAt` moves."""
        if self.trash.pop(product.nm_id, None) is not None:
            self._popular = self.listed()
            self.edit(product, {}, at)

    def _pick_product(self, nm_id: int | None) -> Product:
        if nm_id is None:
            # A few products sell much better than the rest.
            return self._popular[int(len(self._popular) * self.rng.random() ** 2)]
        if nm_id in self.trash or nm_id not in self.products:
            raise Impossible(f"no product {nm_id}")
        return self.products[nm_id]

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

    def _note(
        self, order: Order, name: StatusName, at: float, cancel_type: CancelType | None = None, *, past: bool
    ) -> None:
        known_at = at if past else max(at, self.clock.now())
        order.statuses.append(Status(at, known_at, name, cancel_type))

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
        if not order.paid:
            return
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

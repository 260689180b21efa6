"""What there is of an item and its sizes, how long it lasts, what to send. Formulas: docs/metrics.md."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from contracts.analytics import WHOLE_CABINET
from contracts.items import Section, SizeUnits, Stock, Units, WarehouseUnits
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.figures import demand, forecast, stock_days
from reporter.figures.demand import Demand, ItemDemand
from reporter.figures.exact import hundredths, rate
from reporter.figures.forecast import Daily
from reporter.figures.pacing import in_turns
from reporter.figures.sizes import Card
from reporter.figures.stock_days import OWN, StockDays

SECTION = Section.STOCK

# One row for each size, and one for each warehouse: never size by warehouse.
_PIECES = text("""
SELECT nm_id, source, chrt_id, barcode, tech_size, warehouse, sum(quantity) AS quantity,
    sum(to_client) AS to_client, sum(from_client) AS from_client, max(observed_at) AS observed_at
FROM (
    SELECT nm_id, 'wb' AS source, chrt_id, NULL AS barcode, NULL AS tech_size,
        coalesce(warehouse_name, CAST(warehouse_id AS text)) AS warehouse, quantity,
        in_way_to_client AS to_client, in_way_from_client AS from_client, observed_at
    FROM stocks WHERE cabinet_id = :cabinet_id AND nm_id = ANY (:nm_ids)
    UNION ALL
    SELECT nm_id, 'own', chrt_id, NULL, NULL, coalesce(warehouse_name, CAST(warehouse_id AS text)), quantity,
        NULL, NULL, observed_at
    FROM seller_stocks WHERE cabinet_id = :cabinet_id AND nm_id = ANY (:nm_ids)
    UNION ALL
    SELECT nm_id, 'remains', NULL, barcode, tech_size, CASE kind WHEN 'warehouse' THEN warehouse_name END,
        CASE kind WHEN 'warehouse' THEN quantity ELSE 0 END,
        CASE kind WHEN 'to_client' THEN quantity END, CASE kind WHEN 'from_client' THEN quantity END, observed_at
    FROM stock_remains WHERE cabinet_id = :cabinet_id AND nm_id = ANY (:nm_ids) AND kind <> 'total'
) AS pieces
GROUP BY GROUPING SETS ((nm_id, source, chrt_id, barcode, tech_size), (nm_id, source, warehouse))
HAVING grouping(warehouse) = 1 OR sum(quantity) > 0
""")
_LEAD_TIMES = text(f"""
SELECT DISTINCT ON (nm_id) nm_id, lead_days, lead_days_deviation, target_days, box_units, incoming
FROM lead_times
WHERE cabinet_id = :cabinet_id AND nm_id = ANY (:nm_ids || CAST(ARRAY[{WHOLE_CABINET}] AS bigint[]))
    AND NOT gone AND valid_from <= CAST(:today AS date)
ORDER BY nm_id, valid_from DESC
""")
_WHOLE = text(f"""
SELECT sum(CAST(total ->> 'wb' AS numeric)) AS wb, sum(CAST(total ->> 'own' AS numeric)) AS own,
    sum(CAST(total ->> 'to_client' AS numeric)) AS to_client,
    sum(CAST(total ->> 'from_client' AS numeric)) AS from_client,
    sum(CAST(total ->> 'incoming' AS numeric)) AS incoming,
    sum(CAST(total ->> 'orders_per_day' AS numeric)) AS orders_per_day,
    sum(CAST(total ->> 'replenish' AS numeric)) AS replenish,
    max(CAST(body ->> 'as_of' AS timestamptz)) AS as_of, count(*) AS items
FROM item_figures CROSS JOIN LATERAL (SELECT body -> 'total' AS total) AS of_item
WHERE cabinet_id = :cabinet_id AND section = '{SECTION}' AND nm_id <> {WHOLE_CABINET}
""")
_WHOLE_WAREHOUSES = text(f"""
SELECT warehouse ->> 'name' AS name, CAST(warehouse ->> 'is_own' AS boolean) AS is_own,
    sum(CAST(warehouse ->> 'quantity' AS numeric)) AS quantity
FROM item_figures CROSS JOIN LATERAL jsonb_array_elements(body -> 'warehouses') AS warehouse
WHERE cabinet_id = :cabinet_id AND section = '{SECTION}' AND nm_id <> {WHOLE_CABINET}
GROUP BY name, is_own
""")


@dataclass(frozen=True)
class Pieces:
    """What there is; none: unknown."""

    wb: int | None = None
    own: int | None = None
    to_client: int | None = None
    from_client: int | None = None

    @property
    def sellable(self) -> int | None:
        """Whoever has no warehouse of their own tells of none; of WB's it must be known."""
        return None if self.wb is None else self.wb + (self.own or 0)


@dataclass(frozen=True)
class LeadTime:
    """How an item is brought in again, as the seller entered it."""

    lead_days: int = forecast.LEAD_DAYS
    deviation: Decimal = Decimal(0)
    target_days: int = forecast.TARGET_DAYS
    box_units: int = 1
    incoming: Mapping[int | None, int] = field(default_factory=dict)
    """Pieces on their way by size; under None those of which the size was not told."""


@dataclass(frozen=True)
class There:
    """What there is of an item by the sources that count."""

    whole: Pieces = Pieces()
    sizes: Mapping[int, Pieces] = field(default_factory=dict)
    warehouses: tuple[WarehouseUnits, ...] = ()
    as_of: datetime | None = None

    @property
    def none_of_a_size(self) -> Pieces:
        """What there is of a size without a row: nothing of what is known of the item."""
        return _sum([], self.whole)


async def count(
    connection: AsyncConnection, cabinet_id: UUID, nm_ids: Sequence[int], today: date
) -> dict[tuple[int, str], Stock]:
    """The section of each item that was ordered or in stock; six statements, and two for the cabinet."""
    items = [nm_id for nm_id in nm_ids if nm_id != WHOLE_CABINET]
    wanted = await demand.read(connection, cabinet_id, items, today)
    values = {"cabinet_id": cabinet_id, "nm_ids": items}
    pieces: dict[int, list[Any]] = defaultdict(list)
    for row in await connection.execute(_PIECES, values):
        pieces[row.nm_id].append(row)
    rows = {row.nm_id: row for row in await connection.execute(_LEAD_TIMES, {**values, "today": today})}
    found: dict[tuple[int, str], Stock] = {}
    async for nm_id, item in in_turns(wanted.items()):
        present = there(pieces[nm_id], item.card, was_in_stock=item.whole.stock.in_stock != 0)
        if present.as_of is not None or item.whole.first_ago is not None:
            lead_time = lead_time_of(rows.get(nm_id), rows.get(WHOLE_CABINET), today)
            found[nm_id, ""] = stock(item, present, lead_time, today)
    if WHOLE_CABINET in nm_ids:
        [whole] = await connection.execute(_WHOLE, {"cabinet_id": cabinet_id})
        warehouses = await connection.execute(_WHOLE_WAREHOUSES, {"cabinet_id": cabinet_id})
        if whole.items:
            lead_time = lead_time_of(rows.get(WHOLE_CABINET), None, today)
            found[WHOLE_CABINET, ""] = of_cabinet(whole, _fullest_first(warehouses), lead_time)
    return found


def there(rows: Iterable[Any], card: Card, *, was_in_stock: bool) -> There:
    """The pieces of one item, from its rows of `_PIECES`."""
    rows = list(rows)
    newest: dict[str, datetime] = {}
    for row in rows:
        newest[row.source] = max(newest.get(row.source, row.observed_at), row.observed_at)
    wb_source = stock_days.choose(newest)
    kept = [row for row in rows if row.source in (wb_source, OWN)]
    by_size: dict[int | None, list[Any]] = defaultdict(list)
    for row in kept:
        if row.warehouse is None:
            by_size[card.size_of(row.chrt_id, row.barcode, row.tech_size)].append(row)
    whole = _sum([row for of_size in by_size.values() for row in of_size])
    if whole.wb is None and whole.own is not None and was_in_stock:
        # WB lists what it has: of what sells from the seller's own warehouse there never is a row.
        whole = replace(whole, wb=0)
    sizes = {chrt_id: _sum(of_size, whole) for chrt_id, of_size in by_size.items() if chrt_id is not None}
    warehouses = _fullest_first(
        WarehouseUnits(name=row.warehouse, is_own=row.source == OWN, quantity=row.quantity)
        for row in kept
        if row.warehouse is not None
    )
    return There(whole, sizes, warehouses, max((row.observed_at for row in kept), default=None))


def _sum(rows: Sequence[Any], whole: Pieces | None = None) -> Pieces:
    """The rows together; of what is known of the `whole` a size without a row has none."""
    told = {
        "wb": [row.quantity for row in rows if row.source != OWN],
        "own": [row.quantity for row in rows if row.source == OWN],
        "to_client": [row.to_client for row in rows],
        "from_client": [row.from_client for row in rows],
    }
    return Pieces(**{name: _known_sum(each, getattr(whole, name, None)) for name, each in told.items()})


def _known_sum(quantities: Iterable[Decimal | None], whole: int | None) -> int | None:
    known = [each for each in quantities if each is not None]
    # PostgreSQL sums in numerics: what its integers hold is not enough for two of the largest.
    return sum(map(int, known)) if known or whole is not None else None


def _fullest_first(warehouses: Iterable[Any]) -> tuple[WarehouseUnits, ...]:
    found = [WarehouseUnits(name=each.name, is_own=each.is_own, quantity=each.quantity) for each in warehouses]
    return tuple(sorted(found, key=lambda each: (-each.quantity, each.is_own, each.name)))


def lead_time_of(own: Any, of_cabinet: Any, today: date) -> LeadTime:
    """The item's own entry, else the cabinet's, else what is usual; what is on its way is an item's own only."""
    row = own or of_cabinet
    if row is None:
        return LeadTime()
    incoming: dict[int | None, int] = defaultdict(int)
    for each in own.incoming if own else ():
        if each["arrives_on"] is None or date.fromisoformat(each["arrives_on"]) > today:
            incoming[each["chrt_id"]] += each["units"]
    return LeadTime(
        row.lead_days,
        row.lead_days_deviation or Decimal(0),
        row.target_days or forecast.TARGET_DAYS,
        row.box_units or 1,
        incoming,
    )


def stock(item: ItemDemand, present: There, lead_time: LeadTime, today: date) -> Stock:
    """The whole section of one item."""
    usable = item.whole.usable
    error = forecast.past_error(item.whole.orders, usable, item.stock.left(forecast.TRIED_DAYS))
    whole = Expected(item.whole, present.whole, forecast.daily(item.whole.orders, usable), lead_time)
    by_size = _by_size(item, present, lead_time)
    needs = forecast.shared(
        [size.need(lead_time.incoming.get(chrt_id, 0)) for chrt_id, size in by_size.items()],
        lead_time.incoming.get(None, 0),
    )
    sizes = tuple(
        SizeUnits(
            chrt_id=chrt_id,
            tech_size=item.card.sizes.get(chrt_id),
            incoming=lead_time.incoming.get(chrt_id, 0),
            replenish=forecast.replenish(need, lead_time.box_units),
            **size.figures(None, today),
        )
        for (chrt_id, size), need in zip(by_size.items(), needs, strict=True)
    )
    incoming = sum(lead_time.incoming.values())
    # Too much of one size is no help to another.
    to_send = [size.replenish for size in sizes if size.replenish is not None]
    replenish = forecast.replenish(whole.need(incoming), lead_time.box_units)
    return Stock(
        total=Units(incoming=incoming, replenish=sum(to_send) if to_send else replenish, **whole.figures(error, today)),
        sizes=sizes,
        warehouses=present.warehouses,
        method=forecast.METHOD,
        past_error_days=None if error is None else hundredths(error),
        lead_days=lead_time.lead_days,
        target_days=lead_time.target_days,
        as_of=present.as_of,
    )


def _by_size(item: ItemDemand, present: There, lead_time: LeadTime) -> "dict[int, Expected]":
    """Every size that anything tells of, in the order of the card."""
    found = {}
    for chrt_id in item.card.in_order({*item.sizes, *present.sizes, *(each for each in lead_time.incoming if each)}):
        of = item.sizes.get(chrt_id) or Demand(stock=StockDays(item.whole.stock.known), first_ago=item.whole.first_ago)
        pieces = present.sizes.get(chrt_id, present.none_of_a_size)
        found[chrt_id] = Expected(of, pieces, forecast.daily(of.orders, of.usable), lead_time)
    return found


@dataclass(frozen=True)
class Expected:
    """What is expected of an item or a size."""

    of: Demand
    pieces: Pieces
    daily: Daily | None
    lead_time: LeadTime

    def need(self, incoming: int) -> Fraction | None:
        """Pieces that are wanting; none: unknown."""
        sellable = self.pieces.sellable
        return None if sellable is None else forecast.need(self.daily, self.lead_time.target_days, sellable + incoming)

    def figures(self, past_error: Fraction | None, today: date) -> dict[str, Any]:
        """What does not depend on other sizes."""
        sellable = self.pieces.sellable
        left = None if sellable is None else forecast.days_left(sellable, self.daily)
        ends = forecast.RunsOut() if left is None else forecast.runs_out(left, self.daily, past_error, today)
        out_since = self.of.stock.out_since() if sellable == 0 else None
        return {
            "wb": self.pieces.wb,
            "own": self.pieces.own,
            "to_client": self.pieces.to_client,
            "from_client": self.pieces.from_client,
            "orders_per_day": None if self.daily is None else rate(self.daily.mean),
            "days_left": None if left is None else hundredths(left),
            "endless": bool(sellable) and self.daily is not None and not self.daily.mean,
            "runs_out_on": ends.on,
            "runs_out_earliest": ends.earliest,
            "runs_out_latest": ends.latest,
            "out_since": None if out_since is None else today - timedelta(out_since),
            "reorder_point": forecast.reorder_point(self.daily, self.lead_time.lead_days, self.lead_time.deviation),
        }


def of_cabinet(whole: Any, warehouses: tuple[WarehouseUnits, ...], lead_time: LeadTime) -> Stock:
    """The cabinet's section: items added up. When all of them together run out says nothing of any."""
    pieces = Pieces(whole.wb, whole.own)
    per_day, sellable = whole.orders_per_day, pieces.sellable
    return Stock(
        total=Units(
            wb=whole.wb,
            own=whole.own,
            to_client=whole.to_client,
            from_client=whole.from_client,
            incoming=whole.incoming,
            orders_per_day=per_day,
            days_left=hundredths(int(sellable) / Fraction(per_day)) if sellable is not None and per_day else None,
            endless=bool(sellable) and per_day == 0,
            replenish=whole.replenish,
        ),
        warehouses=warehouses,
        method=forecast.METHOD,
        lead_days=lead_time.lead_days,
        target_days=lead_time.target_days,
        as_of=whole.as_of,
    )

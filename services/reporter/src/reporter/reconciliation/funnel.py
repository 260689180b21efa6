"""Orders of an item on a day against its funnel, which counts and knows no order by its number.

The funnel tells of the last 7 days every 2 hours, and adds stragglers to them for days.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.reconciliation.classes import Class, Part, of_amount, share_of

SETTLES_DAYS: Final = 3
"""Stragglers come for days: a day counts as told to its end after so many."""
CONTEXT_DAYS: Final = 14
"""Days before the first that is asked for, as orders may be booked on a neighbour of a neighbour."""

# An order that only the order feed knows is one that `supplier/orders` leaves out, unless that gives none of the item's
# at all: then the feed is the source.
_READ = text("""
WITH orders AS (
    SELECT nm_id, day, currency, price_with_disc, seller_price,
        stated OR NOT bool_or(stated) OVER (PARTITION BY nm_id) AS by_api
    FROM order_facts
    CROSS JOIN LATERAL (
        SELECT num_nonnulls(total_price, finished_price, supplier_article, barcode, warehouse_name) > 0
    ) AS source (stated)
    WHERE cabinet_id = :cabinet_id AND nm_id = ANY (CAST(:nm_ids AS bigint[])) AND day >= CAST(:since AS date)
), ours AS (
    SELECT nm_id, day, currency,
        count(*) FILTER (WHERE by_api) AS pieces,
        coalesce(sum(coalesce(price_with_disc, seller_price)) FILTER (WHERE by_api), 0) AS amount,
        count(*) FILTER (WHERE by_api AND coalesce(price_with_disc, seller_price) IS NULL) AS unpriced,
        count(*) FILTER (WHERE NOT by_api) AS instalments,
        coalesce(sum(seller_price) FILTER (WHERE NOT by_api), 0) AS instalment_amount
    FROM orders GROUP BY nm_id, day, currency
), unordered AS (
    -- Sold, as finance tells, without having been among the orders.
    SELECT nm_id, day, currency, count(*) AS instalments, coalesce(sum(amount), 0) AS instalment_amount
    FROM (
        SELECT DISTINCT ON (srid) nm_id, currency, retail_price_with_disc AS amount,
            CAST(ordered_at AT TIME ZONE INTERVAL '03:00' AS date) AS day, srid
        FROM finance_rows
        WHERE cabinet_id = :cabinet_id AND nm_id = ANY (CAST(:nm_ids AS bigint[]))
            AND seller_oper_name = 'Продажа' AND srid IS NOT NULL AND ordered_at >= CAST(:since AS date)
        ORDER BY srid, report_id, rrd_id
    ) AS sold
    WHERE NOT EXISTS (
        SELECT FROM order_facts
        WHERE order_facts.cabinet_id = :cabinet_id AND order_facts.nm_id = sold.nm_id
            AND order_facts.day BETWEEN sold.day - 1 AND sold.day + 1 AND order_facts.srid = sold.srid
    )
    GROUP BY nm_id, day, currency
), theirs AS (
    SELECT nm_id, day, currency, order_count AS pieces, coalesce(order_sum, 0) AS amount FROM funnel_days
    WHERE cabinet_id = :cabinet_id AND nm_id = ANY (CAST(:nm_ids AS bigint[])) AND day >= CAST(:since AS date)
        AND order_count IS NOT NULL
), cells AS (
    SELECT nm_id, day, currency FROM theirs
    UNION
    SELECT nm_id, day, ours.currency FROM ours JOIN theirs USING (nm_id, day)
)
SELECT nm_id, day, currency,
    coalesce(theirs.pieces, 0) - coalesce(ours.pieces, 0) AS pieces,
    coalesce(theirs.amount, 0) - coalesce(ours.amount, 0) AS amount,
    greatest(theirs.pieces, ours.pieces) AS counted, greatest(theirs.amount, ours.amount) AS whole,
    coalesce(ours.unpriced, 0) > 0 AS unpriced,
    coalesce(ours.instalments, 0) + coalesce(unordered.instalments, 0) AS instalments,
    coalesce(ours.instalment_amount, 0) + coalesce(unordered.instalment_amount, 0) AS instalment_amount
FROM cells
LEFT JOIN theirs USING (nm_id, day, currency)
LEFT JOIN ours USING (nm_id, day, currency)
LEFT JOIN unordered USING (nm_id, day, currency)
WHERE (coalesce(theirs.pieces, 0), coalesce(theirs.amount, 0))
    <> (coalesce(ours.pieces, 0), coalesce(ours.amount, 0))
ORDER BY nm_id, day, currency
""")
_AS_OF = text("""
SELECT CAST(as_of AT TIME ZONE INTERVAL '03:00' AS date) FROM sources
WHERE cabinet_id = :cabinet_id AND resource = 'funnel'
""")


@dataclass(kw_only=True)
class Difference:
    """One item on one day in one currency: by how much the funnel differs, as far as it is not explained yet."""

    nm_id: int
    day: date
    currency: str
    pieces: int
    """The funnel's less those by API; likewise `amount`."""
    amount: Decimal
    counted: int
    """Pieces of the side that has more."""
    whole: Decimal
    """Likewise, the amount."""
    unpriced: bool = False
    """Some orders by API have no price yet."""
    instalments: int = 0
    """Orders that another source knows, and `supplier/orders` does not."""
    instalment_amount: Decimal = Decimal(0)
    parts: dict[Class, tuple[int, Decimal]] = field(default_factory=dict)

    def explain(self, by: Class, pieces: int, amount: Decimal) -> None:
        """Take a part out of what is unexplained."""
        before = self.parts.get(by, (0, Decimal(0)))
        self.parts[by] = (before[0] + pieces, before[1] + amount)
        self.pieces -= pieces
        self.amount -= amount

    def explain_pieces(self, by: Class, pieces: int) -> None:
        """Likewise, with what of the amount falls on so many of the pieces."""
        self.explain(by, pieces, share_of(self.amount, pieces, self.pieces))

    def explain_rest(self, by: Class) -> None:
        """Likewise, all that is left."""
        self.explain(by, self.pieces, self.amount)


async def read(
    connection: AsyncConnection, cabinet_id: UUID, nm_ids: Sequence[int], since: date, today: date
) -> list[Part]:
    """The differences of the items from `since` on, each with what explains it."""
    values = {"cabinet_id": cabinet_id, "nm_ids": list(nm_ids), "since": since - timedelta(days=CONTEXT_DAYS)}
    as_of = await connection.scalar(_AS_OF, {"cabinet_id": cabinet_id})
    rows = [Difference(**row) for row in (await connection.execute(_READ, values)).mappings()]
    settled = min(today, as_of or today) - timedelta(days=SETTLES_DAYS)
    return [part for part in classify(rows, settled=settled) if part.day >= since]


def classify(differences: Iterable[Difference], *, settled: date) -> list[Part]:
    """Each difference as parts that add up to it; `settled` is the last day that is told to its end."""
    parts: list[Part] = []
    for _, of_item in groupby(differences, key=lambda each: each.nm_id):
        rows = list(of_item)
        for _, of_day in groupby(rows, key=lambda each: each.day):
            _another_currency(list(of_day))
        for row in rows:
            _instalments(row)
            if row.day > settled:
                row.explain_rest(Class.NOT_YET_REFRESHED)
        for earlier, later in _neighbours(rows):
            _another_day(earlier, later)
        for row in rows:
            _rest(row)
            parts += _parts(row)
    return parts


def _parts(row: Difference) -> Iterator[Part]:
    for by, (pieces, amount) in row.parts.items():
        if pieces or amount:
            yield Part(
                nm_id=row.nm_id,
                day=row.day,
                against="funnel",
                currency=row.currency,
                by=by,
                pieces=pieces,
                amount=amount,
            )


def _another_currency(of_day: Sequence[Difference]) -> None:
    more, fewer = ([row for row in of_day if row.pieces * sign > 0] for sign in (1, -1))
    matched = min(sum(row.pieces for row in more), -sum(row.pieces for row in fewer))
    for sign, side in ((1, more), (-1, fewer)):
        left = matched
        for row in side:
            pieces = min(left, abs(row.pieces))
            left -= pieces
            if pieces:
                row.explain_pieces(Class.CURRENCY, sign * pieces)


def _instalments(row: Difference) -> None:
    pieces = min(row.pieces, row.instalments)
    if pieces > 0:
        row.explain(Class.UNPAID_OR_INSTALMENT, pieces, share_of(row.instalment_amount, pieces, row.instalments))


def _neighbours(rows: Sequence[Difference]) -> Iterator[tuple[Difference, Difference]]:
    """Differences of one currency on a day and on the next, from the earliest on."""
    on = {(row.currency, row.day): row for row in rows}
    for (currency, day), row in on.items():
        following = on.get((currency, day + timedelta(days=1)))
        if following is not None:
            yield row, following


def _another_day(earlier: Difference, later: Difference) -> None:
    if earlier.pieces * later.pieces >= 0:
        return
    pieces = min(abs(earlier.pieces), abs(later.pieces))
    sign = 1 if earlier.pieces > 0 else -1
    amounts = [abs(share_of(row.amount, pieces, abs(row.pieces))) for row in (earlier, later)]
    # What one day lacks is what the other has too much: the two parts add up to nothing.
    amount = min(amounts) if earlier.amount * later.amount < 0 and earlier.amount * sign > 0 else Decimal(0)
    earlier.explain(Class.BOOKED_ON_ANOTHER_DAY, sign * pieces, sign * amount)
    later.explain(Class.BOOKED_ON_ANOTHER_DAY, -sign * pieces, -sign * amount)


def _rest(row: Difference) -> None:
    if row.pieces:
        row.explain_rest(Class.UNKNOWN)
    else:
        by = of_amount(row.amount, against="funnel", pieces=row.counted, whole=row.whole, unpriced=row.unpriced)
        row.explain_rest(by)

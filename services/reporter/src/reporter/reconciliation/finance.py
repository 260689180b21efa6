"""Purchases and returns by API against the lines of finance reports, each known by the number of its order.

A report of a week comes on the Monday after it; what was sold at its end may be booked in the next one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.reconciliation.classes import Class, Part, of_amount

SETTLES_DAYS: Final = 7
"""A sale of the last reported week may stand in the report of the next."""

_REPORTED = text("SELECT max(report_to) FROM finance_rows WHERE cabinet_id = :cabinet_id")

# What was ordered before the first order by API was sold by nobody we could ask.
_READ = text("""
WITH first_order AS (
    SELECT min(ordered_at) AS ordered_at FROM order_facts WHERE cabinet_id = :cabinet_id
), ours AS (
    SELECT nm_id, coalesce(srid, sale_id) AS srid, is_return, min(day) AS day, min(currency) AS currency,
        CASE WHEN is_return THEN -1 ELSE 1 END * count(*) AS pieces,
        coalesce(sum(for_pay), 0) AS amount, bool_or(for_pay IS NULL) AS unpriced
    FROM sales
    WHERE cabinet_id = :cabinet_id AND nm_id = ANY (CAST(:nm_ids AS bigint[])) AND day >= CAST(:since AS date)
        AND day <= CAST(:reported AS date)
    GROUP BY nm_id, coalesce(srid, sale_id), is_return
), theirs AS (
    SELECT nm_id, srid, is_return, min(day) AS day, min(currency) AS currency,
        CASE WHEN is_return THEN -1 ELSE 1 END * coalesce(sum(quantity), 0) AS pieces,
        CASE WHEN is_return THEN -1 ELSE 1 END * coalesce(sum(for_pay), 0) AS amount,
        max(finance_rows.ordered_at) >= (SELECT ordered_at FROM first_order) AS is_asked
    FROM finance_rows
    CROSS JOIN LATERAL (
        SELECT seller_oper_name = 'Возврат', CAST(coalesce(sold_at, rr_date) AT TIME ZONE INTERVAL '03:00' AS date)
    ) AS line (is_return, day)
    WHERE cabinet_id = :cabinet_id AND nm_id = ANY (CAST(:nm_ids AS bigint[]))
        AND seller_oper_name IN ('Продажа', 'Возврат') AND day >= CAST(:since AS date)
    GROUP BY nm_id, srid, is_return
)
SELECT nm_id, ours.day, ours.currency, ours.pieces, ours.amount, coalesce(ours.unpriced, false) AS unpriced,
    theirs.day AS their_day, theirs.currency AS their_currency, theirs.pieces AS their_pieces,
    theirs.amount AS their_amount, srid IS NOT NULL AS is_known
FROM ours FULL JOIN theirs USING (nm_id, srid, is_return)
WHERE ours.day IS NOT NULL OR theirs.is_asked
""")


@dataclass(frozen=True, kw_only=True)
class Sale:
    """A purchase, or a return (negative), as the API gives it and as finance does; none: it does not."""

    nm_id: int
    day: date | None
    currency: str | None
    pieces: int | None
    amount: Decimal | None
    unpriced: bool
    """The API has no amount of it yet."""
    their_day: date | None
    their_currency: str | None
    their_pieces: int | None
    their_amount: Decimal | None
    is_known: bool = True
    """It has the number of its order."""


async def read(connection: AsyncConnection, cabinet_id: UUID, nm_ids: Sequence[int], since: date) -> list[Part]:
    """The differences of the items from `since` on, each with what explains it; none before the first report."""
    reported = await connection.scalar(_REPORTED, {"cabinet_id": cabinet_id})
    if reported is None:
        return []
    values = {"cabinet_id": cabinet_id, "nm_ids": list(nm_ids), "since": since, "reported": reported}
    rows = [Sale(**row) for row in (await connection.execute(_READ, values)).mappings()]
    return classify(rows, settled=reported - timedelta(days=SETTLES_DAYS))


def classify(sales: Iterable[Sale], *, settled: date) -> list[Part]:
    """What differs, as parts that add up to it: one for each cell and class."""
    sums: dict[tuple[int, date, str, Class], tuple[int, Decimal]] = {}
    for sale in sales:
        for day, currency, by, pieces, amount in _parts(sale, settled):
            before = sums.get((sale.nm_id, day, currency, by), (0, Decimal(0)))
            sums[sale.nm_id, day, currency, by] = (before[0] + pieces, before[1] + amount)
    return sorted(
        Part(nm_id=nm_id, day=day, against="finance", currency=currency, by=by, pieces=pieces, amount=amount)
        for (nm_id, day, currency, by), (pieces, amount) in sums.items()
        if pieces or amount
    )


_Told = tuple[date, str, Class, int, Decimal]


def _parts(sale: Sale, settled: date) -> Iterator[_Told]:
    ours = _side(sale.day, sale.currency, sale.pieces, sale.amount)
    theirs = _side(sale.their_day, sale.their_currency, sale.their_pieces, sale.their_amount)
    if ours is None and theirs is not None:
        day, currency, pieces, amount = theirs
        yield day, currency, Class.UNPAID_OR_INSTALMENT if sale.is_known else Class.UNKNOWN, pieces, amount
    elif ours is not None and theirs is None:
        day, currency, pieces, amount = ours
        yield day, currency, Class.NOT_YET_REFRESHED if day > settled else Class.UNKNOWN, -pieces, -amount
    elif ours is not None and theirs is not None:
        yield from _both(ours, theirs, unpriced=sale.unpriced)


_Side = tuple[date, str, int, Decimal]


def _side(day: date | None, currency: str | None, pieces: int | None, amount: Decimal | None) -> _Side | None:
    return None if day is None or currency is None else (day, currency, int(pieces or 0), amount or Decimal(0))


def _both(ours: _Side, theirs: _Side, *, unpriced: bool) -> Iterator[_Told]:
    day, currency, pieces, amount = ours
    their_day, their_currency, their_pieces, their_amount = theirs
    if currency != their_currency:
        yield day, currency, Class.CURRENCY, -pieces, -amount
        yield their_day, their_currency, Class.CURRENCY, their_pieces, their_amount
        return
    if day != their_day:
        yield day, currency, Class.BOOKED_ON_ANOTHER_DAY, -pieces, -amount
        yield their_day, currency, Class.BOOKED_ON_ANOTHER_DAY, pieces, amount
    more, rest = their_pieces - pieces, their_amount - amount
    if more:
        yield their_day, currency, Class.UNKNOWN, more, rest
    else:
        by = of_amount(rest, against="finance", pieces=abs(pieces), whole=their_amount, unpriced=unpriced)
        yield their_day, currency, by, 0, rest

"""What the rules of unusual cancels and returns share: a week against the 30 days before it."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import groupby
from typing import Any

from contracts.analytics import WHOLE_CABINET
from sqlalchemy import TextClause, text

from reporter.alerts.rule import Cause, Seen
from reporter.alerts.statistics import chance_of
from reporter.alerts.thresholds import (
    UNUSUAL_BEFORE_DAYS,
    UNUSUAL_CHANCE,
    UNUSUAL_DAYS,
    UNUSUAL_KEPT_CHANCE,
    UNUSUAL_TIMES,
)
from reporter.figures.exact import rounded

_CENT = Decimal("0.01")


def counts(*, tries: str, events: str, amount: str) -> TextClause:
    """The statement that sums these columns of `day_totals` over the week, and over the days before it."""
    return text(f"""
        SELECT nm_id, currency,
            coalesce(sum({tries}) FILTER (WHERE is_recent), 0) AS tries,
            coalesce(sum({events}) FILTER (WHERE is_recent), 0) AS events,
            coalesce(sum({amount}) FILTER (WHERE is_recent), 0) AS amount,
            coalesce(sum({tries}) FILTER (WHERE NOT is_recent), 0) AS before_tries,
            coalesce(sum({events}) FILTER (WHERE NOT is_recent), 0) AS before_events
        FROM day_totals
        CROSS JOIN LATERAL (SELECT day > CAST(:today AS date) - {UNUSUAL_DAYS}) AS asked (is_recent)
        WHERE cabinet_id = :cabinet_id AND nm_id = ANY (CAST(:nm_ids AS bigint[]))
            AND day > CAST(:today AS date) - {UNUSUAL_DAYS + UNUSUAL_BEFORE_DAYS} AND day <= CAST(:today AS date)
        GROUP BY nm_id, currency
        ORDER BY nm_id, currency
    """)


def causes(seen: Seen, *, least: int) -> Iterator[Cause]:
    """Items of which at least `least` events of the week are more than chance; pieces of all currencies count."""
    for nm_id, rows in groupby(seen.rows, key=lambda row: row["nm_id"]):
        yield from _cause(nm_id, list(rows), least)


def _cause(nm_id: int, rows: Sequence[Mapping[str, Any]], least: int) -> Iterator[Cause]:
    tries, events, before_tries, before_events = (
        sum(int(row[name]) for row in rows) for name in ("tries", "events", "before_tries", "before_events")
    )
    if events < least or events * before_tries < UNUSUAL_TIMES * before_events * tries:
        return
    chance = chance_of(events, tries, before_events=before_events, before_tries=before_tries)
    if chance > UNUSUAL_KEPT_CHANCE:
        return
    usual = _cents(Decimal(before_events) * tries / before_tries)
    paid = [row for row in rows if row["amount"]]
    yield Cause(
        subject=str(nm_id),
        nm_id=nm_id,
        severity="critical" if nm_id == WHOLE_CABINET else "warning",
        raises=chance <= UNUSUAL_CHANCE,
        money_at_risk=rounded(abs(paid[0]["amount"]) * (events - usual) / events, _CENT, ROUND_HALF_EVEN)
        if len(paid) == 1
        else None,
        currency=paid[0]["currency"] if len(paid) == 1 else None,
        figures={
            "events": events,
            "tries": tries,
            "usual": usual,
            "before_events": before_events,
            "before_tries": before_tries,
            "chance": f"{chance:.2g}",
            "days": UNUSUAL_DAYS,
            "before_days": UNUSUAL_BEFORE_DAYS,
        },
    )


def _cents(amount: Decimal) -> Decimal:
    return rounded(amount, _CENT, ROUND_HALF_EVEN)

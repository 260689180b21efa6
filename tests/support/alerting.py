"""What rules of alerts are shown."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.alerts import alert_ids_of
from contracts.envelope import Origin
from contracts.items import Reviews, Section, SizeUnits, Stock, UnitEconomics, UnitMoney, Units
from contracts.model import Model
from reporter.alerts.engine import settle
from reporter.alerts.rule import Cause, Known, Rule, Seen

CABINET = UUID(int=1)
TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
"""Noon of `TODAY` in Moscow."""
ITEM, SIZE = 1, 10


def units(left: int | None, *, per_day: str | None = "1", **fields: Any) -> Units:
    """Pieces at WB, of which so many are ordered a day."""
    rate = None if per_day is None else Decimal(per_day)
    days = None if not rate or left is None else (left / rate).quantize(Decimal("0.01"))
    return Units(wb=left, own=None, orders_per_day=rate, days_left=fields.pop("days_left", days), **fields)


def size(chrt_id: int, left: int | None, *, per_day: str | None = "1", **fields: Any) -> SizeUnits:
    """Likewise, of one size."""
    return SizeUnits(chrt_id=chrt_id, tech_size=f"T{chrt_id}", **vars(units(left, per_day=per_day, **fields)))


def stock(*sizes: SizeUnits, total: Units | None = None) -> Stock:
    return Stock(total=total or units(None), sizes=sizes, method="mean", lead_days=14, target_days=30, as_of=NOW)


def reviews(rating: str | None, week_ago: str | None, *, count: int = 100) -> Reviews:
    return Reviews(
        rating=None if rating is None else Decimal(rating),
        count=count,
        stars=(0, 0, 0, 0, count),
        rating_week_ago=None if week_ago is None else Decimal(week_ago),
        bad_week=6,
        count_week=31,
        unanswered=0,
        unanswered_questions=0,
    )


def priced(price: str | None) -> UnitEconomics:
    return UnitEconomics(estimate=UnitMoney(price=None if price is None else Decimal(price)))


def bodies(nm_id: int = ITEM, **sections: Model) -> dict[tuple[int, Section, str], Model]:
    """Sections of an item by name; `money` is in roubles."""
    return {(nm_id, Section(name), "RUB" if name == "money" else ""): body for name, body in sections.items()}


def seen(
    about: Mapping[tuple[int, Section, str], Model] | None = None,
    *,
    rows: Sequence[Mapping[str, Any]] = (),
    known: Sequence[Known] = (),
    nm_ids: Collection[int] = (0, ITEM, 2),
    now: datetime = NOW,
) -> Seen:
    return Seen(
        nm_ids=nm_ids,
        today=(now + timedelta(hours=3)).date(),
        now=now,
        bodies=about or {},
        rows=rows,
        known=known,
    )


def open_of(rule: Rule, cause: Cause, *, at: datetime = NOW) -> Known:
    """The alert that a cause raises."""
    [step] = settle(CABINET, rule.name, [], [cause], now=at, origin_of=lambda *_: Origin.LIVE)
    assert step.alert.alert_id == alert_ids_of(CABINET)(rule.name, cause.subject)
    return step.alert

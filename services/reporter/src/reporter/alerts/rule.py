"""What a rule is: what it looks at, and which causes it finds there."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from contracts.alerts import Severity
from contracts.items import Reviews, Section, Stock, UnitEconomics
from contracts.model import Model
from sqlalchemy import TextClause


@dataclass(frozen=True, kw_only=True)
class Cause:
    """Why an alert is open: one for each subject of a rule. A subject belongs to one item, or to the cabinet (0)."""

    subject: str
    nm_id: int
    severity: Severity
    material: str = ""
    """An open alert is told again where this differs from what it was when it was told last."""
    raises: bool = True
    """False: keeps an open alert open, and raises none."""
    chrt_id: int | None = None
    feedback_id: str | None = None
    report_id: int | None = None
    resource: str | None = None
    money_at_risk: Decimal | None = None
    currency: str | None = None
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Known:
    """An alert as it stands in the table: open, or resolved a short time ago."""

    alert_id: UUID
    rule: str
    subject: str
    nm_id: int
    severity: Severity
    material: str
    body: Mapping[str, Any]
    """The rest of its cause, as JSON."""
    raised_at: datetime
    raised_by: str
    changed_at: datetime
    resolved_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a rule is shown: the items it is asked about, and what it looks at of them."""

    nm_ids: Collection[int]
    today: date
    now: datetime
    bodies: Mapping[tuple[int, Section, str], Model] = field(default_factory=dict)
    """Sections by item, section and currency."""
    rows: Sequence[Mapping[str, Any]] = ()
    """What the rule's own statement gave."""
    known: Sequence[Known] = ()

    def stock(self, nm_id: int) -> Stock | None:
        body = self.bodies.get((nm_id, Section.STOCK, ""))
        return body if isinstance(body, Stock) else None

    def reviews(self, nm_id: int) -> Reviews | None:
        body = self.bodies.get((nm_id, Section.REVIEWS, ""))
        return body if isinstance(body, Reviews) else None

    def price(self, nm_id: int) -> tuple[Decimal, str] | None:
        """What a piece is sold for, and the currency; none where that is unknown, or there are two of them."""
        priced = self._prices.get(nm_id, ())
        return priced[0] if len(priced) == 1 else None

    @cached_property
    def _prices(self) -> Mapping[int, Sequence[tuple[Decimal, str]]]:
        found: dict[int, list[tuple[Decimal, str]]] = {}
        for (nm_id, _, currency), body in self.bodies.items():
            if isinstance(body, UnitEconomics) and body.estimate.price:
                found.setdefault(nm_id, []).append((body.estimate.price, currency))
        return found


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule finds every open cause among the items it is asked about; no cause any more: its alert is resolved."""

    name: str
    causes: Callable[[Seen], Iterable[Cause]]
    after: frozenset[Section] = frozenset()
    """Sections with which it is asked again; none: it is asked with an event."""
    bodies: frozenset[Section] = frozenset()
    """Sections whose bodies it looks at."""
    facts: TextClause | None = None
    """Rows it looks at: one statement for any number of `nm_ids`, with `cabinet_id`, `today` and `now`."""
    due: str = ""
    """SQL of the items (`cabinet_id`, `nm_id`) of which it would find something else because time passed since they
    were looked at, with `now` and `today`; empty: the next day is soon enough. What is yet to be counted is not among
    them."""

"""`analytics.updated`: figures that changed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from contracts.analytics import MAX_FIGURES, AnalyticsUpdatedV1, PeriodFigures
from contracts.envelope import Event, Origin
from servicekit.events import new_event


def figures_events(cabinet_id: UUID, figures: Sequence[PeriodFigures], *, origin: Origin) -> list[Event[Any]]:
    """`analytics.updated` of figures that changed, in events of bounded size; none without figures."""
    parts = [figures[start : start + MAX_FIGURES] for start in range(0, len(figures), MAX_FIGURES)]
    return [
        new_event(
            AnalyticsUpdatedV1(figures=tuple(part)),
            cabinet_id=cabinet_id,
            origin=origin,
        )
        for part in parts
    ]

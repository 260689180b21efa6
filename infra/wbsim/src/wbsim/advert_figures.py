"""Figures of advertising: of a card on a platform, and of a campaign's day."""

from dataclasses import dataclass
from typing import NamedTuple


class Figures(NamedTuple):
    """Figures of any level; `spent` in kopecks, `order_sum` in roubles."""

    views: int = 0
    clicks: int = 0
    atbs: int = 0
    orders: int = 0
    shks: int = 0
    canceled: int = 0
    spent: int = 0
    order_sum: int = 0


class NmStats(NamedTuple):
    """The figures of one card on one platform."""

    app: int
    nm_id: int
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class DayStats:
    """One day of a campaign; `positions` are the average places of its cards."""

    midnight: int
    nms: list[NmStats]
    positions: dict[int, int]

    @property
    def spent(self) -> int:
        """Kopecks."""
        return sum(nm.figures.spent for nm in self.nms)

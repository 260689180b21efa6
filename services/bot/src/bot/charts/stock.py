"""How long the stock of an item lasts, size by size, if it goes on being ordered as the forecast says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from bot.charts import canvas
from bot.charts.canvas import Words

MAX_SIZES = 6
MAX_DAYS = 90
_COLOURS = (canvas.POOR, canvas.MIDDLING, canvas.ORDERS, canvas.SALES, "#3b82f6", "#8d6e63")


@dataclass(frozen=True)
class Left:
    """Pieces there are of a size, how many go in a day, and between which days the last one goes (None: unknown)."""

    name: str
    pieces: int
    per_day: Decimal | None
    earliest: date | None = None
    latest: date | None = None

    def days(self) -> float:
        """Infinite where nobody orders it, or its speed is unknown."""
        return self.pieces / float(self.per_day) if self.per_day else float("inf")


def draw(sizes: Sequence[Left], today: date, words: Words, *, title: str, note: str) -> bytes:
    """A PNG of the six sizes that run out first, 90 days at most."""
    told = sorted((size for size in sizes if size.pieces > 0), key=Left.days)[:MAX_SIZES]
    if not told:
        return canvas.said(title, note, words.text("Nothing is in stock, or the stock is unknown"))
    figure, axes = canvas.blank(title, note)
    longest = max((size.days() for size in told if size.days() < MAX_DAYS), default=14.0)
    until = min(MAX_DAYS, max(7, round(longest * 1.25) + 2))
    handles, labels = [], []
    for size, colour in zip(told, _COLOURS, strict=False):
        ends = size.days()
        lasts = min(ends, until)
        left = 0.0 if ends <= until else size.pieces - float(size.per_day or 0) * until
        handles += axes.plot([0, lasts], [size.pieces, left], color=colour, linewidth=2.2)
        labels.append(_label(size, words))
        if ends <= until:
            axes.plot([lasts], [0], color=colour, marker="o", markersize=6, clip_on=False)
        if size.earliest and size.latest:
            first, last = ((day - today).days for day in (size.earliest, size.latest))
            band = [max(first, 0), min(last, until)]
            if band[0] < band[1]:
                axes.plot(band, [0, 0], color=colour, alpha=0.35, linewidth=7, solid_capstyle="butt", clip_on=False)
    canvas.amounts(axes, words)
    canvas.days(axes, [words.day(today + timedelta(days=place)) for place in range(until + 1)])
    axes.set_xlim(0, until)
    canvas.legend(axes, handles, labels)
    if len(told) > 4:
        box = axes.get_position()
        axes.set_position((box.x0, box.y0, box.width, box.height - 0.03))
    return canvas.png(figure)


def _label(size: Left, words: Words) -> str:
    ends = size.days()
    lasts = "∞" if ends == float("inf") and size.per_day == 0 else "—"
    if ends != float("inf"):
        lasts = words.text("{count} d", count=words.number(int(ends)))
    said = f"{words.text('{count} pcs', count=words.number(size.pieces))} · {lasts}"
    return f"{canvas.shown(size.name, 14)}: {said}" if size.name else said

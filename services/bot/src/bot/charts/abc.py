"""Which items make the revenue: their shares from the largest down, and what they come to together."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from matplotlib.axes import Axes

from bot.charts import canvas
from bot.charts.canvas import Words

MAX_ITEMS = 40
_COLOURS = {"A": canvas.GOOD, "B": canvas.MIDDLING, "C": canvas.PALE}


@dataclass(frozen=True)
class Item:
    """Its part of the cabinet's revenue, 0 to 100, and the class that it gives."""

    name: str
    share: Decimal
    abc: str


def draw(items: Sequence[Item], words: Words, *, title: str, note: str) -> bytes:
    """A PNG of the first 40 items, the largest first."""
    told = sorted((item for item in items if item.share > 0), key=lambda item: -item.share)[:MAX_ITEMS]
    if not told:
        return canvas.said(title, note, words.text("No item has revenue in these 30 days"))
    figure, axes = canvas.blank(title, note)
    at = range(len(told))
    canvas.bars(axes, [float(item.share) for item in told], [_COLOURS.get(item.abc, canvas.PALE) for item in told])
    running, together = Decimal(), []
    for item in told:
        running += item.share
        together.append(min(float(running), 100.0))
    axes.plot(at, together, color=canvas.INK, linewidth=1.6, marker="o", markersize=2.5)
    for level, name in ((80, "A"), (95, "B")):
        axes.axhline(level, color=canvas.BEFORE, linewidth=0.8, linestyle=":")
        axes.text(len(told) - 0.35, level, f" {name} {level} %", va="center", color=canvas.BEFORE,
                  fontproperties=canvas.small(), clip_on=False)  # fmt: skip
    canvas.amounts(axes, words, unit=" %")
    axes.set_ylim(0, 105)
    canvas.days(axes, [str(place + 1) for place in at])
    box = axes.get_position()
    axes.set_position((box.x0, box.y0, box.width - 0.055, box.height))
    _name_first(axes, told)
    patches = [canvas.patch(_COLOURS[name]) for name in "ABC"]
    canvas.legend(axes, patches, [words.text("class {name}", name=name) for name in "ABC"])
    return canvas.png(figure)


def _name_first(axes: Axes, told: Sequence[Item]) -> None:
    """The three largest by name, in the room to the right of the bars."""
    for place, item in enumerate(told[:3]):
        line = f"{place + 1}. {canvas.shown(item.name)}"
        axes.text(0.98, 0.42 - 0.065 * place, line, ha="right", transform=axes.transAxes, color=canvas.INK,
                  fontproperties=canvas.small(), parse_math=False)  # fmt: skip

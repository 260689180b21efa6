"""What charts are drawn on: a picture of 900 by 540 points in one font, and how it becomes bytes.

Everything is matplotlib's object interface: no figure is registered anywhere, so none outlives its picture.
"""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, get_font
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

WIDTH, HEIGHT, DPI = 900, 540, 100
MAX_NAME_LENGTH = 32

ORDERS, SALES, BEFORE = "#a79ff0", "#00a878", "#9aa0a6"
GOOD, MIDDLING, POOR = "#2e9e5b", "#f2a93b", "#d9534f"
PALE, INK, GRID = "#b0b7c3", "#2b2f36", "#e6e8ec"

_FONT_FILE = str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf")
_FONTS = {size: FontProperties(fname=_FONT_FILE, size=size) for size in (8, 9, 10, 14)}
_MAX_DAY_LABELS = 8
_BOX = (0.09, 0.13, 0.875, 0.67)
_WITHOUT_CAPTION = 0.92


class Words(Protocol):
    """The language that labels are written in."""

    def text(self, msgid: str, /, **values: Any) -> str: ...
    def number(self, value: Decimal | int) -> str: ...
    def day(self, day: date) -> str: ...


def blank(title: str, note: str, *, box: tuple[float, float, float, float] = _BOX) -> tuple[Figure, Axes]:
    """A picture with its title, a last line, and axes that are still empty."""
    figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes(box)
    figure.text(0.03, _WITHOUT_CAPTION, shown(title, 70), color=INK, fontproperties=_FONTS[14], parse_math=False)
    figure.text(0.03, 0.025, shown(note, 110), color=BEFORE, fontproperties=_FONTS[8], parse_math=False)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, colors=INK)
    return figure, axes


def said(title: str, note: str, words: str) -> bytes:
    """A picture of nothing, which says so."""
    figure, axes = blank(title, note)
    axes.set_axis_off()
    axes.text(0.5, 0.5, shown(words, 70), ha="center", va="center", color=BEFORE, fontproperties=_FONTS[14],
              transform=axes.transAxes, parse_math=False)  # fmt: skip
    return png(figure)


def png(figure: Figure) -> bytes:
    """The picture as a PNG file."""
    file = io.BytesIO()
    figure.savefig(file, format="png", pil_kwargs={"compress_level": 3})
    return file.getvalue()


def bars(axes: Axes, heights: Sequence[float], colours: Sequence[str]) -> None:
    """A bar at 0, 1, 2 …: one thing that is drawn, since ninety rectangles of their own take 60 ms."""
    corners = [
        [(at - 0.36, 0), (at - 0.36, height), (at + 0.36, height), (at + 0.36, 0)] for at, height in enumerate(heights)
    ]
    axes.add_collection(PolyCollection(corners, facecolors=colours, linewidths=0))
    axes.autoscale_view()


def patch(colour: str) -> Patch:
    """A bar's colour in a legend."""
    return Patch(color=colour)


def amounts(axes: Axes, words: Words, *, unit: str = "") -> None:
    """The vertical axis counts from 0, with at most six round numbers."""
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5, min_n_ticks=2))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value, words) + unit))
    axes.yaxis.grid(visible=True, color=GRID, linewidth=0.8)
    dressed(axes)


def days(axes: Axes, labels: Sequence[str]) -> None:
    """The horizontal axis names each n-th day or week; the last one always."""
    step = max(1, -(-len(labels) // _MAX_DAY_LABELS))
    at = list(range(len(labels) - 1, -1, -step))[::-1]
    axes.xaxis.set_major_locator(FixedLocator(at))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: labels[round(value)] if value >= 0 else ""))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(-0.7, max(len(labels) - 0.3, 0.7))
    dressed(axes)


def dressed(axes: Axes) -> None:
    """Every tick in the font that is there wherever this runs."""
    axes.tick_params(labelfontfamily="DejaVu Sans", labelsize=9)


def legend(axes: Axes, handles: Sequence[Any], labels: Sequence[str]) -> None:
    """What is what, above the axes."""
    made = axes.legend(
        handles,
        [shown(label, MAX_NAME_LENGTH) for label in labels],
        loc="lower left",
        bbox_to_anchor=(-0.01, 1.01),
        ncols=4,
        frameon=False,
        prop=_FONTS[9],
        borderaxespad=0.0,
        handlelength=1.4,
        columnspacing=1.4,
    )
    for text in made.get_texts():
        text.set_parse_math(False)


def small() -> FontProperties:
    """The font of what stands beside points and bars."""
    return _FONTS[9]


def short(value: float, words: Words) -> str:
    """A number that fits beside an axis: 1500000 as 1,5 million, in the language's words."""
    if abs(value) >= 1_000_000:
        return words.text("{number}M", number=words.number(Decimal(round(value / 100_000)) / 10))
    if abs(value) >= 10_000:
        return words.text("{number}k", number=words.number(round(value / 1000)))
    return words.number(Decimal(str(round(value, 1))))


def shown(text: str, length: int = MAX_NAME_LENGTH) -> str:
    """A text in characters that the font has, on one line, at most so long."""
    drawn = "".join(letter for letter in " ".join(text.split()) if ord(letter) in _letters())
    drawn = " ".join(drawn.split())
    return drawn if len(drawn) <= length else drawn[: length - 1].rstrip() + "…"


@cache
def _letters() -> frozenset[int]:
    """What the font can draw: anything else would be an empty box and a warning."""
    return frozenset(get_font(_FONT_FILE).get_charmap())

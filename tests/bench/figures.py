"""What is measured: a figure of ours, beside it what it is compared with, and how it is shown."""

from collections.abc import Sequence
from typing import TypedDict

from demo.accounting import percentile


class Entry(TypedDict):
    """A figure; `ratio` is ours to bare."""

    ours: float | None
    bare: float | None
    ratio: float | None
    unit: str


Figures = dict[str, Entry]
"""By what was measured."""


def entry(ours: float | None, bare: float | None, unit: str, *, digits: int | None = 1) -> Entry:
    """Rounded to so many digits (None: to a whole number); the ratio is of what was measured."""
    ratio = round(ours / bare, 2) if ours is not None and bare else None
    return {"ours": _rounded(ours, digits), "bare": _rounded(bare, digits), "ratio": ratio, "unit": unit}


def percentiles(what: str, ours: Sequence[float], bare: Sequence[float]) -> Figures:
    """The median and the 99th percentile of milliseconds."""
    return {
        f"{what}, p{percent}": entry(percentile(ours, percent / 100), percentile(bare, percent / 100), "ms")
        for percent in (50, 99)
    }


def table(figures: Figures) -> str:
    """The figures in columns, a line each."""
    width = max(map(len, figures), default=0)
    lines = [f"{'':<{width}}  {'ours':>10}  {'bare':>10}  {'ratio':>6}  unit"]
    for name, each in figures.items():
        cells = f"{_cell(each['ours']):>10}  {_cell(each['bare']):>10}  {_cell(each['ratio']):>6}"
        lines.append(f"{name:<{width}}  {cells}  {each['unit']}")
    return "\n".join(lines)


def _rounded(value: float | None, digits: int | None) -> float | None:
    return None if value is None else round(value, digits)


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:,.3f}".rstrip("0").rstrip(".")

"""A list as CSV, page by page."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from gateway.exports.columns import Cell

BOM = "\ufeff"
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A text that begins so would be worked out by what opens the file; an apostrophe before it makes it a text."""


@dataclass(frozen=True)
class Csv:
    """How CSV is written: by RFC 4180 in UTF-8, or as Russian Excel opens it."""

    for_excel: bool = False

    def encode_titles(self, titles: Sequence[str]) -> bytes:
        """What the file begins with."""
        return (BOM if self.for_excel else "").encode() + self.encode([titles])

    def encode(self, rows: Iterable[Sequence[Cell]]) -> bytes:
        """Lines of the file."""
        lines = io.StringIO(newline="")
        writer = csv.writer(lines, delimiter=";" if self.for_excel else ",", lineterminator="\r\n")
        writer.writerows([self._text(cell) for cell in row] for row in rows)
        return lines.getvalue().encode()

    def _text(self, cell: Cell) -> str:
        match cell:
            case None:
                return ""
            case bool():
                return "true" if cell else "false"
            case datetime():
                return cell.isoformat().replace("+00:00", "Z")
            case date():
                return cell.isoformat()
            case Decimal():
                number = format(cell, "f")
                return number.replace(".", ",") if self.for_excel else number
            case str():
                return f"'{cell}" if cell.startswith(STARTS_A_FORMULA) else cell
            case _:
                return str(cell)

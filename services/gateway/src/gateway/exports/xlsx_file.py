"""A list as a workbook of Excel, written row by row into a file of its own: no more than a row is held in memory."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from contracts.model import MOSCOW

from gateway.exports.columns import Cell

LONGEST_TEXT = 32_767
"""UTF-16 units in a cell."""
MOST_DIGITS = 15
"""Excel keeps no more of a number."""
FIRST_YEAR = 1900
"""Excel knows no day before."""
WIDTH = 18
"""Characters."""

_NO_XML = str.maketrans({"\ufffe": "\ufffd", "\uffff": "\ufffd"})


class Xlsx:
    """A workbook of one sheet; `close` ends it."""

    def __init__(self, folder: Path, titles: Sequence[str]) -> None:
        from xlsxwriter import Workbook  # 42 modules, for what few ask for

        self.path = folder / "list.xlsx"
        self._book = Workbook(
            str(self.path),
            {
                "constant_memory": True,
                "tmpdir": str(folder),
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
            },
        )
        self._sheet = self._book.add_worksheet()
        self._moment = self._book.add_format({"num_format": "dd.mm.yyyy hh:mm:ss"})
        self._day = self._book.add_format({"num_format": "dd.mm.yyyy"})
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, max(len(titles) - 1, 0), WIDTH)
        bold = self._book.add_format({"bold": True})
        for column, title in enumerate(titles):
            self._sheet.write_string(0, column, title, bold)
        self._rows = 1

    def write(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Add rows."""
        for cells in rows:
            for column, cell in enumerate(cells):
                self._write(self._rows, column, cell)
            self._rows += 1

    def close(self) -> None:
        """Write the file to its end."""
        self._book.close()

    def _write(self, row: int, column: int, cell: Cell) -> None:
        match cell:
            case None:
                pass
            case bool():
                self._sheet.write_boolean(row, column, cell)
            case int() | Decimal() if _is_exact(cell):
                self._sheet.write_number(row, column, float(cell))
            case datetime() if FIRST_YEAR < cell.year < date.max.year:
                moment = cell.astimezone(MOSCOW).replace(tzinfo=None)
                self._sheet.write_datetime(row, column, moment, self._moment)
            case date() if cell.year > FIRST_YEAR and not isinstance(cell, datetime):
                self._sheet.write_datetime(row, column, cell, self._day)
            case date():
                self._sheet.write_string(row, column, cell.isoformat())
            case _:
                self._sheet.write_string(row, column, _fitting(str(cell).translate(_NO_XML)))


def _is_exact(number: int | Decimal) -> bool:
    """Whether Excel keeps the number as it is; another one is told as a text."""
    found = Decimal(number)
    return found.is_finite() and len(found.normalize().as_tuple().digits) <= MOST_DIGITS and abs(found.adjusted()) < 100


def _fitting(words: str) -> str:
    """The text as far as a cell takes it."""
    if len(words.encode("utf-16-le")) // 2 <= LONGEST_TEXT:
        return words
    return words.encode("utf-16-le")[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + "…"

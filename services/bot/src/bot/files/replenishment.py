"""What to send to Wildberries, as a workbook: a row for each size of which pieces are to be sent."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any, Protocol

from contracts.model import MOSCOW
from xlsxwriter import Workbook

MOST_DIGITS = 15
"""Excel keeps no more of a number."""
LONGEST_TEXT = 32_767
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Words(Protocol):
    """The language that titles are written in."""

    def text(self, msgid: str, /, **values: Any) -> str: ...


@dataclass(frozen=True)
class ToSend:
    """A size of an item. Unknown is None, and an empty cell."""

    title: str | None
    vendor_code: str | None
    nm_id: int
    size: str | None
    send: int
    wb: int | None
    own: int | None
    incoming: int | None
    orders_per_day: Decimal | None
    days_left: Decimal | None
    runs_out_on: date | None


def workbook(rows: Sequence[ToSend], words: Words, *, as_of: datetime | None, zone: tzinfo = MOSCOW) -> bytes:
    """An `.xlsx` file: numbers are numbers, days are days, and no text becomes a formula or a link."""
    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with Workbook(file, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet.freeze_panes(1, 0)
        for column, (title, width) in enumerate(_titles(words)):
            sheet.write_string(0, column, title, bold)
            sheet.set_column(column, column, width)
        for place, row in enumerate(rows, 1):
            for column, cell in enumerate(_cells(row)):
                _write(sheet, place, column, cell, day)
        sheet.autofilter(0, 0, max(len(rows), 1), len(_titles(words)) - 1)
        said = "—" if as_of is None else f"{as_of.astimezone(zone):%d.%m.%Y %H:%M}"
        sheet.write_string(len(rows) + 2, 0, words.text("Stocks as of {moment}", moment=said))
    return file.getvalue()


def _titles(words: Words) -> list[tuple[str, int]]:
    return [
        (words.text("Item"), 44),
        (words.text("Your article"), 20),
        (words.text("WB article"), 14),
        (words.text("Size"), 10),
        (words.text("Send, pcs"), 12),
        (words.text("At WB, pcs"), 12),
        (words.text("Own, pcs"), 12),
        (words.text("Coming, pcs"), 12),
        (words.text("Orders a day"), 12),
        (words.text("Days left"), 12),
        (words.text("Runs out on"), 12),
    ]


def _cells(row: ToSend) -> list[str | int | Decimal | date | None]:
    return [
        row.title,
        row.vendor_code,
        row.nm_id,
        row.size,
        row.send,
        row.wb,
        row.own,
        row.incoming,
        row.orders_per_day,
        row.days_left,
        row.runs_out_on,
    ]


def _write(sheet: Any, row: int, column: int, cell: str | int | Decimal | date | None, day: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        sheet.write_string(row, column, _NO_XML.sub("\ufffd", cell)[: LONGEST_TEXT // 2])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, day)
    elif len(str(cell)) > MOST_DIGITS:
        sheet.write_string(row, column, str(cell))
    else:
        sheet.write_number(row, column, float(cell))

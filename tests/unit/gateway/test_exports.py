"""Lists as files: every cell as it was, whatever stands in it, and no more than a page in memory."""

import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args

import openpyxl
import pytest
from contracts.model import Model, Moment, Money
from fastapi.routing import APIRoute
from gateway.answers.form import Listed
from gateway.app import interface
from gateway.exports import files
from gateway.exports.columns import Cell, cells_of, columns_of
from gateway.exports.csv_file import BOM, Csv
from gateway.exports.files import BrokenOff, TooLong, TooMany
from gateway.exports.formats import FileFormat, accepted
from gateway.exports.titles import is_known
from gateway.exports.xlsx_file import LONGEST_TEXT, Xlsx
from gateway.lists import Page, Total, Window
from openpyxl.utils.escape import unescape

FORMULAS = ["=1+1", "+7", "-5", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"]
HOSTILE = [*FORMULAS, "_x0041_", "\x01\x1f", "\ufffe\uffff", "💩" * 3]
AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


class Size(Model):
    name: str | None
    skus: tuple[str, ...] = ()
    left: int | None = None


class Inner(Model):
    price: Money | None
    at: Moment | None = None


class Row(Model):
    number: int
    title: str | None = None
    inner: Inner | None = None
    sizes: tuple[Size, ...] = ()
    stars: tuple[int, int] = (0, 0)
    state: Literal["open", "over"] = "open"
    is_new: bool = False
    day: date | None = None
    more: dict[str, Any] | None = None


def read_csv(content: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8"), newline=""), delimiter=delimiter))


def test_what_is_within_a_row_stands_in_columns_of_its_own() -> None:
    assert [".".join(column.path) for column in columns_of(Row)] == [
        "number", "title", "inner.price", "inner.at", "sizes.name", "sizes.skus", "sizes.left", "stars", "state",
        "is_new", "day", "more",
    ]  # fmt: skip
    row = Row(
        number=1,
        inner=Inner(price=Decimal("1.5"), at=AT),
        sizes=(Size(name="S", skus=("1", "2"), left=3), Size(name=None, left=0)),
        day=date(2026, 11, 20),
        more={"а": 1},
    )
    assert cells_of(row) == [
        1, None, Decimal("1.5"), AT, "S; ", "1, 2; ", "3; 0", "0; 0", "open", False, date(2026, 11, 20), '{"а": 1}',
    ]  # fmt: skip
    one = Row(number=2, sizes=(Size(name="M", left=3),))
    assert cells_of(one) == [2, None, None, None, "M", None, 3, "0; 0", "open", False, None, None]


def test_csv_by_the_standard_and_for_excel() -> None:
    rows: list[list[Cell]] = [[1, Decimal("-1494.5000"), None, True, AT, date(2026, 11, 20), 'a,b;"c"\nd']]
    standard = read_csv(Csv().encode_titles(["x"] * 7) + Csv().encode(rows))
    assert standard[1] == ["1", "-1494.5000", "", "true", "2026-11-20T09:30:00Z", "2026-11-20", 'a,b;"c"\nd']
    for_excel = Csv(for_excel=True)
    content = for_excel.encode_titles(["x"] * 7) + for_excel.encode(rows)
    assert content.decode().startswith(BOM)
    assert read_csv(content, ";")[1][1] == "-1494,5000"


def test_no_text_of_a_cell_is_worked_out_as_a_formula(tmp_path: Path) -> None:
    texts = [line[0] for line in read_csv(Csv().encode([[each] for each in HOSTILE]))]
    assert all(text.startswith("'") for text in texts[: len(FORMULAS)])
    assert [text.removeprefix("'") for text in texts] == HOSTILE
    book = Xlsx(tmp_path, ["a"])
    book.write([[each] for each in HOSTILE])
    book.close()
    cells = [row[0] for row in openpyxl.load_workbook(book.path).active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    shown = [unescape(cell.value) for cell in cells]
    assert shown[-1] == HOSTILE[-1]
    assert [each for each in shown if each.isascii()] == [each for each in HOSTILE if each.isascii()]


def test_cells_of_excel_are_of_their_types(tmp_path: Path) -> None:
    long = "💩" * LONGEST_TEXT
    cells: list[Cell] = [
        Decimal("1494.5000"), -3, 2**62, Decimal("12345678901234.5678"), Decimal("-Infinity"), True, AT,
        date(2026, 11, 20), date(1, 1, 1), datetime.max.replace(tzinfo=UTC), long, None, "0012",
    ]  # fmt: skip
    book = Xlsx(tmp_path, ["a"] * len(cells))
    book.write([cells])
    book.close()
    [row] = openpyxl.load_workbook(book.path).active.iter_rows(min_row=2, values_only=True)
    assert row[:10] == (
        1494.5, -3, str(2**62), "12345678901234.5678", "-Infinity", True, datetime(2026, 11, 20, 12, 30),  # noqa: DTZ001  # Excel knows no zone
        datetime(2026, 11, 20), "0001-01-01", "9999-12-31T23:59:59.999999+00:00",  # noqa: DTZ001  # likewise
    )  # fmt: skip
    assert len(row[10].encode("utf-16-le")) // 2 <= LONGEST_TEXT
    assert row[10].endswith("💩…")
    assert row[11:] == (None, "0012")


class Shelf:
    """A list of so many rows, which counts how it is read."""

    def __init__(self, count: int, fails_at: int | None = None) -> None:
        self.count, self.fails_at, self.reads = count, fails_at, 0

    async def read(self, window: Window) -> Page[Row]:
        self.reads += 1
        begin = int(window.cursor or 0)
        if self.fails_at is not None and begin >= self.fails_at:
            raise ConnectionError("away")
        end = min(begin + window.limit, self.count)
        rows = [Row(number=n, title="слово " * 20) for n in range(begin, end)]
        return Page(rows, str(end) if end < self.count else None, None, None)


async def written(shelf: Shelf, file_format: FileFormat) -> bytes:
    response = await files.make(shelf.read, Row, file_format, "rows", for_excel=False)
    sent: list[bytes] = []

    async def send(message: Any) -> None:
        sent.append(message.get("body", b""))

    async def receive() -> Any:
        raise AssertionError("nothing more is asked")

    await response({"type": "http", "asgi": {"spec_version": "2.4"}}, receive, send)
    return b"".join(sent)


@pytest.mark.parametrize("file_format", FileFormat)
async def test_a_file_is_read_page_by_page_and_holds_no_more_than_a_page(
    file_format: FileFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PAGE_ROWS", 100)
    peaks = []
    for pages in (2, 20):
        shelf = Shelf(pages * 100 - 1)
        response = await files.make(shelf.read, Row, file_format, "rows", for_excel=False)
        tracemalloc.start()
        count = 0

        async def send(message: Any) -> None:
            nonlocal count
            count += len(message.get("body", b""))

        async def receive() -> Any:
            raise AssertionError("nothing more is asked")

        await response({"type": "http", "asgi": {"spec_version": "2.4"}}, receive, send)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert shelf.reads == pages
        assert count > 0
    assert peaks[1] < peaks[0] * 2


async def test_both_files_have_every_row() -> None:
    shelf = Shelf(1_203)
    lines = read_csv(await written(shelf, FileFormat.CSV))
    assert [int(line[0]) for line in lines[1:]] == list(range(1_203))
    sheet = openpyxl.load_workbook(io.BytesIO(await written(shelf, FileFormat.XLSX)), read_only=True).active
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == list(range(1_203))


async def test_a_list_that_is_too_long_is_refused_or_breaks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MOST_ROWS", dict.fromkeys(FileFormat, 1_000))

    async def counted(window: Window) -> Page[Row]:
        return Page([Row(number=1)], "1", Total(window.count_to or 0, is_exact=False), None)

    for file_format in FileFormat:
        with pytest.raises(TooLong):
            await files.make(counted, Row, file_format, "rows", for_excel=False)
        with pytest.raises(BrokenOff if file_format is FileFormat.CSV else TooLong):
            await written(Shelf(1_001), file_format)
        assert await written(Shelf(1_000), file_format)


def left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def test_a_failure_is_told_and_gives_back_what_the_file_took(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for _ in range(files.MOST_AT_ONCE + 1):
        for file_format in FileFormat:
            for fails_at in (0, 600):
                is_sent = file_format is FileFormat.CSV and fails_at > 0
                with pytest.raises(BrokenOff if is_sent else ConnectionError):
                    await written(Shelf(2_000, fails_at), file_format)
    assert left_in(tmp_path) == []
    read = Shelf(1).read
    making = [await files.make(read, Row, FileFormat.CSV, "", for_excel=False) for _ in range(files.MOST_AT_ONCE)]
    with pytest.raises(TooMany):
        await files.make(Shelf(1).read, Row, FileFormat.CSV, "", for_excel=False)
    for each in making:
        each.close()
    assert await written(Shelf(1), FileFormat.XLSX)
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (None, None),
        ("*/*", None),
        ("application/json", None),
        ("text/csv", FileFormat.CSV),
        ("text/csv, */*;q=0.1", FileFormat.CSV),
        ("text/csv;q=0.5, application/json", None),
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", FileFormat.XLSX),
        ("text/csv;q=0", None),
        ("text/csv;q=x", None),
    ],
)
def test_what_is_accepted(accept: str | None, expected: FileFormat | None) -> None:
    assert accepted(accept) is expected


def lists(routes: Any) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            if isinstance(route.response_model, type) and issubclass(route.response_model, Listed):
                yield route
        elif included := getattr(route, "original_router", None):
            yield from lists(included.routes)


OF_SELLERS = (
    "orders", "products", "stocks", "performance", "analytics/plan", "reviews", "questions", "alerts", "digests",
)  # fmt: skip


@pytest.mark.parametrize("name", OF_SELLERS)
def test_every_column_has_a_title_of_its_own_in_russian(name: str) -> None:
    [route] = [route for route in lists(interface().routes) if route.path.endswith(f"/{name}")]
    row = get_args(route.response_model.model_fields["data"].annotation)[0]
    columns = columns_of(row)
    assert [column.path for column in columns if not is_known(column.path)] == []
    titles = [column.title for column in columns]
    assert sorted(set(titles)) == sorted(titles)

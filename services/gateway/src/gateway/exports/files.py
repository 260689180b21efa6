"""A whole list as a file: read page by page by the list's own statement, so that memory holds a page."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from pydantic import BaseModel
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from gateway.exports.columns import cells_of, columns_of
from gateway.exports.csv_file import Csv
from gateway.exports.formats import MEDIA_TYPES, MOST_ROWS, FileFormat
from gateway.exports.xlsx_file import Xlsx
from gateway.lists import Page, Window

T = TypeVar("T", bound=BaseModel)

Read = Callable[[Window], Awaitable[Page[T]]]

PAGE_ROWS = 500
SENT_BYTES = 256 * 1024
"""Of a file that is ready, at a time."""
MOST_AT_ONCE = 4
"""Files that a process makes."""


class TooLong(Exception):
    """The list has more rows than such a file takes."""


class BrokenOff(Exception):
    """The file cannot be sent to its end, and a part of it was."""


class TooMany(Exception):
    """As many files are being made as may be."""


class Making:
    """How many files are being made in this process."""

    def __init__(self) -> None:
        self._count = 0

    def begin(self) -> Callable[[], None]:
        """One more; call what is returned when it is over.

        Raises:
            TooMany: there are `MOST_AT_ONCE` already.
        """
        if self._count >= MOST_AT_ONCE:
            raise TooMany
        self._count += 1
        return self._end

    def _end(self) -> None:
        self._count -= 1


MAKING = Making()


class FileResponse(StreamingResponse):
    """A file as it is sent; what it took is given back when it is sent, or when the caller has gone."""

    def __init__(self, content: AsyncIterator[bytes], taken: ExitStack, file_format: FileFormat, name: str) -> None:
        charset = "; charset=utf-8" if file_format is FileFormat.CSV else ""
        headers = {"Content-Disposition": f'attachment; filename="{name}.{file_format}"', "Vary": "Accept"}
        super().__init__(content, media_type=MEDIA_TYPES[file_format] + charset, headers=headers)
        self._taken = taken

    def close(self) -> None:
        """Give back what the file took."""
        self._taken.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self.close()


async def make(read: Read[T], row: type[T], file_format: FileFormat, name: str, *, for_excel: bool) -> FileResponse:
    """The whole list as a file.

    CSV is sent while it is read, so that a failure ends the connection; a workbook is sent when it is whole.

    Raises:
        TooLong: it has more rows than `MOST_ROWS`.
        TooMany: as many files are being made as may be.
    """
    with ExitStack() as taken:
        taken.callback(MAKING.begin())
        first = await read(Window(PAGE_ROWS, count_to=MOST_ROWS[file_format]))
        if first.total is not None and not first.total.is_exact and first.total.count >= MOST_ROWS[file_format]:
            raise TooLong
        titles = [column.title for column in columns_of(row)]
        pages = _pages(read, first, MOST_ROWS[file_format])
        if file_format is FileFormat.CSV:
            content = _csv(pages, titles, Csv(for_excel))
        else:
            folder = Path(taken.enter_context(TemporaryDirectory(prefix="list-", ignore_cleanup_errors=True)))
            content = _sent(await _xlsx(pages, titles, folder))
        return FileResponse(content, taken.pop_all(), file_format, name)


async def _pages(read: Read[T], first: Page[T], most: int) -> AsyncIterator[Sequence[T]]:
    page, count = first, 0
    while True:
        count += len(page.rows)
        if count > most:
            raise TooLong
        if page.rows:
            yield page.rows
        if page.next_cursor is None:
            return
        page = await read(Window(PAGE_ROWS, cursor=page.next_cursor))


async def _csv(pages: AsyncIterator[Sequence[Any]], titles: Sequence[str], written: Csv) -> AsyncIterator[bytes]:
    yield written.encode_titles(titles)
    try:
        async for rows in pages:
            # Beside the loop, which answers others meanwhile.
            yield await asyncio.to_thread(_encoded, written, rows)
    except Exception as error:
        # As its own kind: Starlette takes an `OSError` for the caller's having gone.
        raise BrokenOff("the list could not be read to its end") from error


async def _xlsx(pages: AsyncIterator[Sequence[Any]], titles: Sequence[str], folder: Path) -> Path:
    book = await asyncio.to_thread(Xlsx, folder, titles)
    try:
        async for rows in pages:
            await asyncio.to_thread(_add, book, rows)
    finally:
        # Also where it fails: what it has opened is closed.
        await asyncio.to_thread(book.close)
    return book.path


def _encoded(written: Csv, rows: Sequence[BaseModel]) -> bytes:
    return written.encode(map(cells_of, rows))


def _add(book: Xlsx, rows: Sequence[BaseModel]) -> None:
    book.write(map(cells_of, rows))


async def _sent(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while part := await asyncio.to_thread(file.read, SENT_BYTES):
            yield part

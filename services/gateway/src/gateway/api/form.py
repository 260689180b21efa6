"""Lists in pages, and how routes are described that answer in the form of `answers.form`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar, get_args
from urllib.parse import urlencode
from uuid import UUID

from contracts.model import MOSCOW, Model
from fastapi import Depends, Query, Request, Response
from servicekit import clock

from contracts import cache_keys
from gateway.admission.problem_answers import RETRY_AFTER
from gateway.answers.answer import Answer
from gateway.answers.form import ANSWER_HEADERS
from gateway.api.examples import example
from gateway.api.problems import Problem, answered
from gateway.exports import files
from gateway.exports.formats import MEDIA_TYPES, MOST_ROWS, FileFormat, accepted
from gateway.lists import Page, Window
from gateway.roles import cabinet_not_found
from gateway.sorting import NotACursor

T = TypeVar("T", bound=Model)

MAX_LIMIT = 200
MAX_OFFSET = 10_000
MAX_CURSOR = 400

LIST_HEADERS: Mapping[str, Any] = {
    "X-Total-Count": {
        "schema": {"type": "integer"},
        "description": "rows of the whole list; not of pages that were read after a cursor",
    },
    "X-Total-Count-Is": {
        "schema": {"type": "string", "enum": ["exact", "at-least"]},
        "description": "at-least: the list is longer, and was not counted to its end",
    },
    "Link": {
        "schema": {"type": "string"},
        "description": "the pages `first`, `prev`, `next`, and `last` of a list that was counted to its end (RFC 8288)",
    },
}

_AS_FILES: Mapping[str, Any] = {each: {"schema": {"type": "string"}} for each in MEDIA_TYPES.values()}


def described(form: Any, example_name: str, *, is_list: bool = False) -> dict[str, Any]:
    """What describes a route that answers in this form, with an example."""
    description = answered(form, 404)
    content: dict[str, Any] = {"application/json": {"example": example(example_name)}}
    headers = ANSWER_HEADERS
    if is_list:
        content |= _AS_FILES
        headers = {**ANSWER_HEADERS, **LIST_HEADERS}
    description["responses"][200] = {"headers": headers, "content": content}
    return description


def described_whole(form: Any, *statuses: int, example: object) -> dict[str, Any]:
    """The same of a short list that is given whole; `example` is its `data`."""
    description = answered(form, *statuses, example=example)
    description["responses"][200]["content"] |= _AS_FILES
    return description


@dataclass(frozen=True)
class ListRequest:
    """A list that is asked for, and which part of it."""

    request: Request
    window: Window
    file_format: FileFormat | None = None
    """None: as JSON."""
    for_excel: bool = False

    async def answer(self, answer: Answer, read: files.Read[T], *, keep_seconds: int = 0) -> Response:
        """The page that `read` gives, with its total and its neighbours in headers; or the whole list as a file.

        Raises:
            Problem: 422, the cursor is none of this list, or a file does not take so many rows; 503, as many files as
                may be are being made.
        """
        if self.file_format is not None:
            return await self._file(read, self.file_format)
        try:
            page = await read(self.window)
        except NotACursor:
            raise cursor_refused() from None
        headers = {"Vary": "Accept"}
        if page.total is not None:
            headers["X-Total-Count"] = str(page.total.count)
            headers["X-Total-Count-Is"] = "exact" if page.total.is_exact else "at-least"
        if links := self._links(page):
            headers["Link"] = links
        return answer.listed(
            page.rows,
            next_cursor=page.next_cursor,
            keep_seconds=keep_seconds,
            age=page.freshness,
            headers=headers,
        )

    async def answer_whole(self, answer: Answer, rows: Sequence[T], *, keep_seconds: int = 0) -> Response:
        """The same of a short list, without pages."""

        async def read(_: Window) -> Page[T]:
            return Page(rows, None, None, None)

        if self.file_format is not None:
            return await self._file(read, self.file_format)
        return answer.listed(rows, next_cursor=None, keep_seconds=keep_seconds, headers={"Vary": "Accept"})

    async def _file(self, read: files.Read[T], file_format: FileFormat) -> Response:
        route = self.request.scope["route"]
        row: type[T] = get_args(route.response_model.model_fields["data"].annotation)[0]
        name = f"{route.path.rpartition('/')[2]}-{clock.now().astimezone(MOSCOW).date()}"
        try:
            return await files.make(read, row, file_format, name, for_excel=self.for_excel)
        except files.TooLong:
            detail = f"The list has more than {MOST_ROWS[file_format]} rows: leave fewer by filters."
            raise Problem(422, "list_too_long", detail) from None
        except files.TooMany:
            detail = "As many files as may be are being made just now. Try again soon."
            raise Problem(503, "files_busy", detail, RETRY_AFTER) from None

    def _links(self, page: Page[T]) -> str:
        limit, offset = self.window.limit, self.window.offset
        places: dict[str, dict[str, object]] = {}
        if self.window.cursor is None:
            places["first"] = {"offset": 0}
            if offset:
                places["prev"] = {"offset": max(0, offset - limit)}
        if page.next_cursor is not None:
            # A page that ended before it was full is read on from where it ended.
            by_offset = self.window.cursor is None and len(page.rows) == limit and offset + limit <= MAX_OFFSET
            places["next"] = {"offset": offset + limit} if by_offset else {"cursor": page.next_cursor}
        if page.total is not None and page.total.is_exact:
            last = max(0, (page.total.count - 1) // limit * limit)
            if last <= MAX_OFFSET:
                places["last"] = {"offset": last}
        others = self.request.query_params.multi_items()
        asked = [(name, value) for name, value in others if name not in {"limit", "offset", "cursor"}]
        path = f"{self.request.url.path}?{urlencode([*asked, ('limit', limit)])}"
        return ", ".join(f'<{path}&{urlencode(place)}>; rel="{rel}"' for rel, place in places.items())


FileWanted = Annotated[
    Literal["json", "csv", "xlsx"] | None,
    Query(
        alias="format",
        description="csv, xlsx: the whole list as a file, whatever `limit` says; without it, as `Accept` prefers",
    ),
]
ForExcel = Annotated[
    bool, Query(description="CSV as Russian Excel opens it: with a BOM, semicolons and decimal commas")
]


async def _asked(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    offset: Annotated[
        int, Query(ge=0, le=MAX_OFFSET, description="rows to leave out; deeper lists are read by `cursor`")
    ] = 0,
    cursor: Annotated[
        str | None,
        Query(
            max_length=MAX_CURSOR,
            json_schema_extra={"pattern": "^[A-Za-z0-9_.-]+$"},
            description="`meta.next_cursor` of the page before; 422 `cursor_invalid`: of another list or order, "
            "`offset_or_cursor`: beside an offset",
        ),
    ] = None,
    file_format: FileWanted = None,
    excel: ForExcel = False,
) -> ListRequest:
    if cursor is not None and offset:
        raise Problem(422, "offset_or_cursor", "Give either offset or cursor.")
    return ListRequest(request, Window(limit, offset, cursor), _wanted(request, file_format), excel)


async def _asked_whole(request: Request, file_format: FileWanted = None, excel: ForExcel = False) -> ListRequest:
    return ListRequest(request, Window(MAX_LIMIT), _wanted(request, file_format), excel)


def _wanted(request: Request, named: str | None) -> FileFormat | None:
    if named is None:
        return accepted(request.headers.get("accept"))
    return None if named == "json" else FileFormat(named)


AskedList = Annotated[ListRequest, Depends(_asked)]
"""The list that a route is asked for: `return await asked.answer(answer, read)`."""

WholeList = Annotated[ListRequest, Depends(_asked_whole)]
"""A short list that has no pages: `return await asked.answer_whole(answer, rows)`."""


def visible_cabinets(answer: Answer, cabinet_id: UUID | None) -> list[UUID]:
    """The cabinets that the caller may see, or the one that is asked for.

    Raises:
        Problem: 404, it is not the caller's.
    """
    if cabinet_id is None:
        return list(answer.cabinets)
    if cabinet_id not in answer.cabinets:
        raise cabinet_not_found()
    return [cabinet_id]


def tags_of_lists(cabinets: Iterable[UUID]) -> list[str]:
    """What a list of these cabinets' items is made from."""
    tags = (cache_keys.cabinet_items_tag, cache_keys.cabinet_sources_tag)
    return [tag(cabinet) for cabinet in cabinets for tag in tags]


def cursor_refused() -> Problem:
    """The cursor is of another list, of another order, or nothing that a list gave."""
    return Problem(422, "cursor_invalid", "The cursor is not a `next_cursor` of this list.")

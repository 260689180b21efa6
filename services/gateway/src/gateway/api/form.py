"""Lists in pages, and how routes are described that answer in the form of `answers.form`."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from uuid import UUID

from contracts.model import Model
from fastapi import Depends, Query, Request, Response

from contracts import cache_keys
from gateway.answers.answer import Answer
from gateway.answers.form import ANSWER_HEADERS
from gateway.api.cabinets import cabinet_not_found
from gateway.api.examples import example
from gateway.api.problems import Problem, answered
from gateway.lists import Page, Window
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


def described(form: Any, example_name: str, *, is_list: bool = False) -> dict[str, Any]:
    """What describes a route that answers in this form, with an example."""
    description = answered(form, 404)
    description["responses"][200] = {
        "headers": {**ANSWER_HEADERS, **LIST_HEADERS} if is_list else ANSWER_HEADERS,
        "content": {"application/json": {"example": example(example_name)}},
    }
    return description


@dataclass(frozen=True)
class ListRequest:
    """A list that is asked for, and which part of it."""

    request: Request
    window: Window

    async def answer(
        self, answer: Answer, read: Callable[[Window], Awaitable[Page[T]]], *, keep_seconds: int = 0
    ) -> Response:
        """The page that `read` gives, with its total and its neighbours in headers.

        Raises:
            Problem: 422, the cursor is none of this list.
        """
        try:
            page = await read(self.window)
        except NotACursor:
            raise cursor_refused() from None
        headers = {}
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
        return ", ".join(f'<{self._path(place)}>; rel="{rel}"' for rel, place in places.items())

    def _path(self, place: dict[str, object]) -> str:
        url = self.request.url.remove_query_params(["offset", "cursor"])
        url = url.include_query_params(limit=self.window.limit, **place)
        return f"{url.path}?{url.query}"


def _asked(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    offset: Annotated[
        int, Query(ge=0, le=MAX_OFFSET, description="rows to leave out; deeper lists are read by `cursor`")
    ] = 0,
    cursor: Annotated[
        str | None, Query(max_length=MAX_CURSOR, description="`meta.next_cursor` of the page before")
    ] = None,
) -> ListRequest:
    if cursor is not None and offset:
        raise Problem(422, "offset_or_cursor", "Give either offset or cursor.")
    return ListRequest(request, Window(limit, offset, cursor))


AskedList = Annotated[ListRequest, Depends(_asked)]
"""The list that a route is asked for: `return await asked.answer(answer, read)`."""


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

"""Lists in pages, and answers that are as old as their sources."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from contracts.model import Model
from fastapi import Depends, Query, Request, Response

from contracts import cache_keys
from gateway.answers.answer import Answer
from gateway.answers.form import ANSWER_HEADERS, ListMeta, Meta
from gateway.api.cabinets import cabinet_not_found
from gateway.api.examples import example
from gateway.api.problems import Problem, answered
from gateway.freshness import Freshness
from gateway.lists import Page, Window

T = TypeVar("T", bound=Model)

MAX_LIMIT = 200
MAX_OFFSET = 10_000
MAX_CURSOR = 400


class One(Model, Generic[T]):
    """One thing that was read."""

    data: T
    meta: Meta


class Many(Model, Generic[T]):
    """A page of a list."""

    data: tuple[T, ...]
    meta: ListMeta


LIST_HEADERS: Mapping[str, Any] = {
    "X-Total-Count": {
        "schema": {"type": "integer"},
        "description": "rows of the whole list; not of pages that were read after a cursor",
    },
    "Link": {"schema": {"type": "string"}, "description": "the pages `first`, `prev`, `next` and `last` (RFC 8288)"},
}


def described(form: Any, example_name: str, *, is_list: bool = False) -> dict[str, Any]:
    """What describes a route that answers in this form, with an example."""
    description = answered(form, 404)
    description["responses"][200] = {
        "headers": {**ANSWER_HEADERS, **LIST_HEADERS} if is_list else ANSWER_HEADERS,
        "content": {"application/json": {"example": example(example_name)}},
    }
    return description


def window(
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = 50,
    offset: Annotated[
        int, Query(ge=0, le=MAX_OFFSET, description="rows to leave out; deeper lists are read by `cursor`")
    ] = 0,
    cursor: Annotated[
        str | None, Query(max_length=MAX_CURSOR, description="`meta.next_cursor` of the page before")
    ] = None,
) -> Window:
    """The page that is asked for."""
    if cursor is not None and offset:
        raise Problem(422, "offset_or_cursor", "Give either offset or cursor.")
    return Window(limit, offset, cursor)


AskedWindow = Annotated[Window, Depends(window)]


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


def answer_one(answer: Answer, data: Model, age: Freshness, *, keep_seconds: int) -> Response:
    """The answer of one thing."""
    return answer.of(data, keep_seconds=keep_seconds, age=age)


def answer_page(answer: Answer, request: Request, asked: Window, page: Page[T], *, keep_seconds: int = 0) -> Response:
    """The answer of a page, with its total and its neighbours in headers."""
    headers = {}
    if page.total is not None:
        headers["X-Total-Count"] = str(page.total)
    if links := _links(request, asked, page):
        headers["Link"] = links
    data = b"[%s]" % b",".join(row.model_dump_json().encode() for row in page.rows)
    more = {"next_cursor": page.next_cursor}
    return answer.of(data, keep_seconds=keep_seconds, age=page.freshness, more=more, headers=headers)


def _links(request: Request, asked: Window, page: Page[T]) -> str:
    places: dict[str, dict[str, object]] = {}
    if page.total is None:
        if page.next_cursor:
            places["next"] = {"cursor": page.next_cursor}
    else:
        last = max(0, (page.total - 1) // asked.limit * asked.limit)
        places["first"] = {"offset": 0}
        if asked.offset:
            places["prev"] = {"offset": max(0, asked.offset - asked.limit)}
        if asked.offset + asked.limit < page.total:
            further = asked.offset + asked.limit
            places["next"] = {"offset": further} if further <= MAX_OFFSET else {"cursor": page.next_cursor}
        if last <= MAX_OFFSET:
            places["last"] = {"offset": last}
    return ", ".join(f'<{_path(request, asked.limit, place)}>; rel="{rel}"' for rel, place in places.items())


def _path(request: Request, limit: int, place: dict[str, object]) -> str:
    url = request.url.remove_query_params(["offset", "cursor"]).include_query_params(limit=limit, **place)
    return f"{url.path}?{url.query}"

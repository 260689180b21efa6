"""The form of what is read: `{"data": …, "meta": …}`, and lists in pages."""

from time import perf_counter
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from contracts.model import Model
from fastapi import Depends, Query, Request, Response

from gateway import cabinets
from gateway.answers.form import ListMeta, Meta
from gateway.api.auth import Caller
from gateway.api.cabinets import cabinet_not_found
from gateway.api.parts import Parts
from gateway.api.problems import Problem
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


LIST_HEADERS = {
    "X-Total-Count": {
        "schema": {"type": "integer"},
        "description": "rows of the whole list; not of pages that were read after a cursor",
    },
    "Link": {"schema": {"type": "string"}, "description": "the pages `first`, `prev`, `next` and `last` (RFC 8288)"},
}


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


def _begun() -> float:
    return perf_counter()


Begun = Annotated[float, Depends(_begun)]
"""When the request began to be answered, by `perf_counter`."""


async def visible_cabinets(parts: Parts, caller: Caller, cabinet_id: UUID | None) -> list[UUID]:
    """The cabinets that the caller may see, or the one that is asked for.

    Raises:
        Problem: 404, it is not the caller's.
    """
    async with parts.database.transaction() as connection:
        visible = await cabinets.ids_of(connection, caller.telegram_id)
    if cabinet_id is None:
        return visible
    if cabinet_id not in visible:
        raise cabinet_not_found()
    return [cabinet_id]


def cursor_refused() -> Problem:
    """The cursor is of another list, of another order, or nothing that a list gave."""
    return Problem(422, "cursor_invalid", "The cursor is not a `next_cursor` of this list.")


def answer_one(data: T, age: Freshness, begun: float) -> Response:
    """The answer of one thing."""
    return _json(One[T](data=data, meta=Meta(**_meta(age, begun))))


def answer_page(request: Request, asked: Window, page: Page[T], begun: float) -> Response:
    """The answer of a page, with its total and its neighbours in headers."""
    meta = ListMeta(**_meta(page.freshness, begun), next_cursor=page.next_cursor)
    answer = _json(Many[T](data=tuple(page.rows), meta=meta))
    if page.total is not None:
        answer.headers["X-Total-Count"] = str(page.total)
    if links := _links(request, asked, page):
        answer.headers["Link"] = links
    return answer


def _meta(age: Freshness, begun: float) -> dict[str, object]:
    took = round((perf_counter() - begun) * 1000, 3)
    return {"source": "database", "as_of": age.as_of, "stale": age.stale, "response_ms": took}


def _json(body: Model) -> Response:
    return Response(body.model_dump_json(), media_type="application/json")


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

"""The dialect of `ra-data-simple-rest`, which pages made with react-admin speak.

A list is asked for by `sort`, `range` and `filter`, each JSON, and answered as a plain array with `Content-Range`; a
record has an `id`; a record that can be changed has a `version`, which guards it.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any

from contracts.model import Model
from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field

from gateway import noting
from gateway.admin.listing import ID, MAX_COUNTED, MAX_ROWS, Asked, QueryRefused
from gateway.api.problems import Problem, documented

MAX_FILTER_LENGTH = 60_000
"""A thousand of the usual ids; a longer URL is refused by the server."""

DESCRIBED_IDS = 50
"""The document promises no more in one filter: what makes requests from it builds a pattern's every repeat."""

CONTENT_RANGE: Mapping[str, Any] = {
    "Content-Range": {
        "schema": {"type": "string", "examples": ["users 0-24/319"]},
        "description": "the resource, the places of the first and the last record, and how many records the list has; "
        f"counted up to {MAX_COUNTED}. `*` in place of the places: no record",
    },
    "Access-Control-Expose-Headers": {"schema": {"type": "string", "const": "Content-Range"}},
}


class ListQuery(BaseModel):
    """How a list is asked for. Without `sort`, the newest come first; without `range`, 25 of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sort: str | None = Field(
        default=None,
        max_length=200,
        description='`["field","ASC"]` or `["field","DESC"]`; 400 `sort_malformed`, `sort_unknown`',
        examples=['["id","ASC"]'],
    )
    range: str | None = Field(
        default=None,
        max_length=100,
        description="`[0,24]`: the places of the first and the last record, both included; "
        f"of more than {MAX_ROWS}, the first {MAX_ROWS} are answered",
        examples=["[0,24]"],
    )
    filter: str | None = Field(
        default=None,
        max_length=MAX_FILTER_LENGTH,
        description='`{"field":value}`, one field at a time; `{"id":[…]}` gives the records with these ids, '
        f"at most {MAX_ROWS}; 400 `filter_malformed`, `filter_unknown`",
        examples=["{}"],
    )

    def read(self) -> Asked:
        """What is asked for.

        Raises:
            Problem: 400, it is no such JSON.
        """
        return Asked(_sort(self.sort), *_range(self.range), _filters(self.filter))


UsedQuery = Annotated[ListQuery, Query()]


def refused(error: QueryRefused) -> Problem:
    """A list that cannot be read so."""
    return Problem(400, error.code, str(error))


def listed(resource: str, records: Sequence[BaseModel], asked: Asked, total: int) -> Response:
    """The response of a list."""
    # What came between reading the page and counting the list is not to make the page end after the list.
    total = max(total, asked.first + len(records)) if records else total
    places = f"{asked.first}-{asked.first + len(records) - 1}" if records else "*"
    headers = {"Content-Range": f"{resource} {places}/{total}", "Access-Control-Expose-Headers": "Content-Range"}
    body = b"[%s]" % b",".join(record.model_dump_json().encode() for record in records)
    return Response(body, media_type="application/json", headers=headers)


def list_parameters(filters: Mapping[str, str], sorts: Collection[str]) -> dict[str, dict[str, Any]]:
    """The schemas of a list's parameters: `filters` by their names, with the regular expression of their values."""
    one = r'("[ !#-\[\]-~]{1,80}"|0|[1-9][0-9]{0,15})'
    ids = f"\\[({one}(,{one}){{0,{DESCRIBED_IDS - 1}}})?\\]"
    members = "|".join(f'"{name}":{pattern}' for name, pattern in {**filters, ID: ids}.items())
    orders = [json.dumps([name, order], separators=(",", ":")) for name in sorts for order in ("ASC", "DESC")]
    place = "(0|[1-9][0-9]{0,4})"
    return {
        "sort": {"type": "string", "enum": orders},
        "range": {"type": "string", "pattern": f"^\\[{place},{place}\\]$"},
        "filter": {"type": "string", "pattern": f"^\\{{({members})?\\}}$"},
    }


def described_list(record: Any, example: object) -> dict[str, Any]:
    """What describes a route that answers with a list of these records."""
    return {
        "response_model": list[record],
        "responses": {200: {"headers": CONTENT_RANGE, **_example([example])}, **documented(503)},
    }


def described_record(record: Any, example: object, *statuses: int, success: int = 200) -> dict[str, Any]:
    """What describes a route that answers with one of these records."""
    return {
        "response_model": record,
        "status_code": success,
        "responses": {success: _example(example), **documented(503, *statuses)},
    }


def not_found(resource: str) -> Problem:
    return Problem(404, "record_not_found", f"There is no record with this id among {resource}.")


def changed_meanwhile() -> Problem:
    """A record that is not as it was when it was read."""
    detail = "The record was changed since it was read. Read it again, and make your change anew."
    return Problem(409, "version_conflict", detail)


def changes(body: BaseModel, record: Model, *, writable: Collection[str]) -> dict[str, Any]:
    """The fields that `body` changes of the record as it is, with their new values.

    A body with `id` is the whole record, and needs the `version` it was read with. One without, which is what
    `updateMany` sends for each record, changes what it names; with a `version` it is guarded too.

    Raises:
        Problem: 409, it was changed since; 422, the version is missing, or a field cannot be changed.
    """
    named = body.model_fields_set
    version = getattr(body, "version", None)
    if "id" in named and version is None:
        raise Problem(422, "version_missing", "A whole record is stored with the `version` that it was read with.")
    if version is not None and version != getattr(record, "version", None):
        raise changed_meanwhile()
    for name in sorted(named - set(writable) - {"version"}):
        if getattr(body, name) != getattr(record, name):
            detail = f"`{name}` cannot be changed; {' and '.join(sorted(writable))} can."
            raise Problem(422, "field_not_writable", detail)
    changed = {name: getattr(body, name) for name in writable if name in named}
    noting.changed({name: getattr(record, name) for name in changed})
    return changed


def _example(value: object) -> dict[str, Any]:
    return {"content": {"application/json": {"example": value}}}


def _sort(given: str | None) -> tuple[str, bool] | None:
    if given is None:
        return None
    match _json("sort", given):
        case [str(name), "ASC" | "DESC" as direction]:
            return name, direction == "DESC"
    raise _malformed("sort", '`["field","ASC"]` or `["field","DESC"]`')


def _range(given: str | None) -> tuple[int, int]:
    if given is None:
        return Asked.first, Asked.last
    match _json("range", given):
        case [int(first), int(last)] if type(first) is int and type(last) is int and first >= 0 <= last:
            if last >= MAX_COUNTED:
                raise Problem(400, "range_refused", f"Pages go as deep as {MAX_COUNTED} records; use a filter.")
            return first, min(last, first + MAX_ROWS - 1)
    raise _malformed("range", "`[first,last]`, such as `[0,24]`")


def _filters(given: str | None) -> dict[str, object]:
    if given is None:
        return {}
    match _json("filter", given):
        case dict(filters):
            return filters
    raise _malformed("filter", 'an object, such as `{"id":["…"]}`')


def _json(name: str, given: str) -> object:
    try:
        return json.loads(given)
    except (ValueError, RecursionError):
        raise _malformed(name, "JSON") from None


def _malformed(name: str, form: str) -> Problem:
    return Problem(400, f"{name}_malformed", f"`{name}` is not {form}.")

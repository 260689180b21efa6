"""The form of what is read: `{"data": …, "meta": …}`."""

from collections.abc import Mapping
from typing import Any, Generic, Literal, TypeVar

from contracts.model import Model, Moment
from pydantic import Field

T = TypeVar("T")


class Meta(Model):
    """Where an answer comes from, and how old it is."""

    source: Literal["cache", "database"]
    as_of: Moment | None = Field(
        description="when the source that was read longest ago was read at Wildberries, or, of what is Pulse's own, "
        "when it was read here; null: nothing was read yet"
    )
    stale: bool = Field(
        description="a source is late: Wildberries does not give it, or not in time; or the answer is past its time, "
        "and nothing newer could be had just now"
    )
    response_ms: float = Field(ge=0, description="how long the answer took", examples=[0.4])


class ListMeta(Meta):
    """As of any answer, and where the list goes on."""

    next_cursor: str | None = Field(description="give it as `cursor` to read on; null: this was the last page")


class Answered(Model, Generic[T]):
    """One thing that was read."""

    data: T
    meta: Meta


class Listed(Model, Generic[T]):
    """A page of a list."""

    data: tuple[T, ...]
    meta: ListMeta


META_EXAMPLE = {"source": "cache", "as_of": "2026-11-20T11:02:00Z", "stale": False, "response_ms": 0.4}

ANSWER_HEADERS: Mapping[str, Any] = {
    "ETag": {
        "schema": {"type": "string"},
        "description": "names `data`: sent back as `If-None-Match`, it is answered 304 while they are the same",
    },
    "X-Cache": {"schema": {"type": "string", "enum": ["hit", "miss"]}, "description": "whether the cache had it"},
}
NOT_MODIFIED: Mapping[int | str, dict[str, Any]] = {304: {"description": "What `If-None-Match` names is still so"}}

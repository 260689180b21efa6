"""What resources there are, told by themselves: a table for people, kept in docs/resources.md."""

from collections.abc import Iterable
from datetime import timedelta
from importlib import import_module
from pathlib import Path

from contracts.wb_token import TokenKind

from ingestor.resources import RESOURCES
from ingestor.resources.resource import Resource
from ingestor.resources.table import data_names
from ingestor.wb.methods import Limit, Method

BEGIN, END = "<!-- resources: written by `make contracts` -->\n", "<!-- /resources -->\n"
"""Between them lies the table in a page."""

_HEAD = (
    "resource",
    "WB's methods",
    "category",
    "tokens",
    "limit per seller",
    "refresh",
    "paging",
    "read again",
    "table",
    "event",
    "finds what is gone",
    "history",
    "stands in for",
)
_KINDS = (TokenKind.PERSONAL, TokenKind.SERVICE, TokenKind.BASE)
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))


class NoPlace(ValueError):
    """A page without the two marks that the table lies between."""


def about(resource: Resource) -> str:
    """What a resource is, in the first words of its file."""
    words = import_module(f"ingestor.resources.{resource.name}").__doc__ or ""
    return words.partition("\n")[0].partition(" Source:")[0].rstrip(".:")


def table(resources: Iterable[Resource]) -> str:
    """A Markdown table with a line for each resource."""
    lines = [_HEAD, ("---",) * len(_HEAD), *map(_cells, resources)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def written(page: str) -> str:
    """A page with the table as it is today.

    Raises:
        NoPlace: the page says not where it belongs.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise NoPlace(f"it has no line {BEGIN.strip()}, or none {END.strip()} after it")
    return f"{before}{begin}\n{table(RESOURCES.values())}\n{end}{after}"


def write(path: Path) -> None:
    """Put the table into a page; as `written`."""
    path.write_text(written(path.read_text(encoding="utf-8")), encoding="utf-8")


def is_current(path: Path) -> bool:
    """Whether a page has the table of the running code; as `written`."""
    page = path.read_text(encoding="utf-8")
    return written(page) == page


def _cells(resource: Resource) -> tuple[str, ...]:
    methods = (resource.method, *resource.reading.also)
    return (
        f"**{resource.name}**<br>{about(resource)}",
        "<br>".join(f"`{method.verb} {method.path}`" for method in methods),
        resource.method.category or "any",
        ", ".join(kind for kind in _KINDS if kind not in resource.method.closed_to),
        "<br>".join(dict.fromkeys(map(_limits, methods))),
        _refresh(resource),
        resource.reading.paging,
        resource.reading.overlap,
        f"`{resource.storage.table.name}`{_part(resource)}",
        f"`{resource.publishing.event.TYPE}`",
        "yes" if resource.storage.when_gone is not None else "",
        f"`{resource.storage.history.name}`" if resource.storage.history is not None else "",
        resource.stands_in_for or "",
    )


def _refresh(resource: Resource) -> str:
    every = _duration(resource.refresh)
    if resource.renewed is None:
        return every
    return f"{every}; after a change {_duration(resource.renewed - resource.refresh)}"


def _part(resource: Resource) -> str:
    if resource.storage.known_only:
        return ", columns of rows it has"
    return "" if set(resource.storage.names) == set(data_names(resource.storage.table)) else ", some columns"


def _limits(method: Method) -> str:
    """Kinds of tokens with the same limit stand together."""
    kinds: dict[Limit, list[str]] = {}
    for kind in _KINDS:
        if kind not in method.closed_to:
            kinds.setdefault(method.limit(kind), []).append(kind)
    if len(kinds) == 1:
        return "".join(map(_limit, kinds))
    return "; ".join(f"{', '.join(same)}: {_limit(limit)}" for limit, same in kinds.items())


def _limit(limit: Limit) -> str:
    burst = f", {limit.burst} at once" if limit.burst > 1 else ""
    return f"1 in {_duration(timedelta(seconds=limit.interval_seconds))}{burst}"


def _duration(time: timedelta) -> str:
    seconds = time.total_seconds()
    for size, unit in _UNITS:
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g} {unit}"
    return f"{seconds:g} s"

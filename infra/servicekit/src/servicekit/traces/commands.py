"""`servicekit trace`: one trace in the terminal, found by whatever id is at hand."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from servicekit.traces.store import StoredSpan

LINKED = 5
"""Traces that a trace is linked with, shown below it."""


def trace(
    wanted: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="Of a trace (32 hex digits), event, delivery, sync, command or alert; an order's id or srid.",
        ),
    ],
    store: Annotated[
        Path, typer.Option(envvar="TRACE_STORE", show_envvar=True, help="The folder that services write spans into.")
    ],
    limit: Annotated[int, typer.Option(min=1, help="Traces at most, the newest.")] = 3,
    is_whole: Annotated[bool, typer.Option("--all", help="Every attribute of every span.")] = False,
) -> None:
    """Print the tree of what happened: from the request to WB, or to the gateway, to the message in Telegram."""
    from rich.console import Console

    from servicekit.traces import store as stored
    from servicekit.traces.tree import SHOWN, tree_of

    wanted = wanted.strip()
    spans = {each: stored.spans_of(store, each) for each in stored.traces_of(store, wanted, limit=limit)}
    if not spans:
        print(_why_nothing(store, wanted), file=sys.stderr)
        raise typer.Exit(2)
    console = Console(highlight=False, soft_wrap=True)
    for trace_id, of_it in spans.items():
        console.print(tree_of(trace_id, of_it, shown=1000 if is_whole else SHOWN))
    beside = {other for trace_id, of_it in spans.items() for other in _linked(store, trace_id, of_it)} - set(spans)
    for trace_id in sorted(beside)[:LINKED]:
        if of_it := stored.spans_of(store, trace_id):
            console.print("\nlinked with it:")
            console.print(tree_of(trace_id, of_it, shown=1000 if is_whole else SHOWN))


def _linked(store: Path, trace_id: str, spans: "list[StoredSpan]") -> list[str]:
    from servicekit.traces import store as stored
    from servicekit.traces.tree import linked

    return [*linked(trace_id, spans), *stored.traces_of(store, trace_id, limit=LINKED)]


def _why_nothing(store: Path, wanted: str) -> str:
    from servicekit.traces import store as stored

    if not wanted:
        return "which one? ID=<of a trace, an order, an event, a delivery>"
    spans = stored.count(store) if store.is_dir() else 0
    if not spans:
        return (
            f"no spans in {store}: services write them there where TRACE_STORE is set, as `make up` and `make demo` "
            "do; with OTEL_EXPORTER_OTLP_ENDPOINT they are where that leads, in Jaeger say"
        )
    return (
        f"no trace knows {wanted!r} among {spans} spans in {store}: its trace was not kept (TRACE_RATIO; only what "
        "failed or was slow is kept beside), is forgotten (the oldest go first), or was not written yet (every 5 s)"
    )

"""A part of the bench as a command: sizes from its arguments, servers of its own, progress, figures."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import TYPE_CHECKING, TypeVar

from local import servers
from support.servers import own_servers

from bench.figures import Figures, table

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Sizes = TypeVar("Sizes", bound="DataclassInstance")

PREFIX = "bench"
_BEGAN = time.monotonic()


def run(measure: Callable[[Sizes], Awaitable[Figures]], sizes: Sizes) -> None:
    """Measure on servers of its own, with sizes that the command line may change as NAME=NUMBER, and show it."""

    def on_own_servers(chosen: Sizes) -> Figures:
        with bench_servers():
            return asyncio.run(_measured(measure, chosen))

    run_with_its_own(on_own_servers, sizes)


def run_with_its_own(measure: Callable[[Sizes], Figures], sizes: Sizes) -> None:
    """Likewise, of what starts its servers itself."""
    chosen = given(sizes, sys.argv[1:])
    be_interrupted()
    try:
        figures = measure(chosen)
    except KeyboardInterrupt:
        sys.exit("interrupted")
    show(figures)


def be_interrupted() -> None:
    """Clean up when this process is asked to end.

    Without that SIGTERM ends it at once, and a shell's background job ignores SIGINT, as does whatever it starts.
    """
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.default_int_handler)


def given(sizes: Sizes, arguments: Sequence[str]) -> Sizes:
    """The sizes with those that the arguments give; exits where one is no size or no number."""
    known = {each.name: type(getattr(sizes, each.name)) for each in fields(sizes)}
    changed = {}
    for argument in arguments:
        name, _, number = argument.partition("=")
        try:
            changed[name] = known[name](number)
        except (KeyError, ValueError):
            sys.exit(f"{argument!r} is none of {', '.join(f'{name}=NUMBER' for name in known)}")
    return replace(sizes, **changed)


@contextmanager
def bench_servers() -> Iterator[None]:
    """PostgreSQL, Redis and RabbitMQ of this process alone, deleted afterwards; the environment has their URLs.

    They may be given, and somebody else's platform may live there: the vhost is the bench's own, as are its databases.
    """
    before = dict(os.environ)
    say("starting servers")
    with own_servers(PREFIX) as running:
        vhost = f"{PREFIX}-{os.getpid()}"
        os.environ |= running.env | {"RABBITMQ_URL": servers.add_vhost(running, vhost)}
        say("servers are ready")
        try:
            yield
        finally:
            os.environ.clear()
            os.environ |= before
            servers.delete_vhost(running, vhost)


def say(text: str) -> None:
    """Progress, for who watches; what is measured goes elsewhere."""
    print(f"[{time.monotonic() - _BEGAN:6.1f} s] {text}", file=sys.stderr, flush=True)


def show(figures: Figures) -> None:
    """A table for who watches, and one line of JSON, the last."""
    print(table(figures), file=sys.stderr)
    print(json.dumps(figures, ensure_ascii=False), flush=True)


async def _measured(measure: Callable[[Sizes], Awaitable[Figures]], sizes: Sizes) -> Figures:
    return await measure(sizes)

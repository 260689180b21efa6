"""Real servers for one process: a private set under a name of its own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from local import servers
from local.own import destroy_abandoned, own_name

SHARED = "PULSE_TEST_SERVERS"
"""In the environment: the name of servers that several sessions use, one after another."""


@contextmanager
def session_servers() -> Iterator[servers.Servers]:
    """Servers of this session of tests; those that several use are deleted by whoever named them."""
    if shared := os.environ.get(SHARED):
        yield servers.start(shared, ephemeral=True)
    else:
        with own_servers("test") as running:
            yield running


@contextmanager
def own_servers(prefix: str) -> Iterator[servers.Servers]:
    """Servers of this process alone, deleted afterwards; those of runs that were killed are deleted first."""
    destroy_abandoned(prefix)
    name = own_name(prefix)
    try:
        yield servers.start(name, ephemeral=True)
    finally:
        servers.destroy(name)

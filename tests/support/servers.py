"""Real servers for one test session: a private set under a name of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from local import servers
from local.own import destroy_abandoned, own_name

PREFIX = "test"


@contextmanager
def session_servers() -> Iterator[servers.Servers]:
    """Servers of this process alone, deleted afterwards; those of runs that were killed are deleted first."""
    destroy_abandoned(PREFIX)
    name = own_name(PREFIX)
    try:
        yield servers.start(name, ephemeral=True)
    finally:
        servers.destroy(name)

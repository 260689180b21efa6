"""Real servers for one process: a private set under a name of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from local import servers
from local.own import destroy_abandoned, own_name


@contextmanager
def own_servers(prefix: str) -> Iterator[servers.Servers]:
    """Servers of this process alone, deleted afterwards; those of runs that were killed are deleted first."""
    destroy_abandoned(prefix)
    name = own_name(prefix)
    try:
        yield servers.start(name, ephemeral=True)
    finally:
        servers.destroy(name)

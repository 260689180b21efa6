"""Events of one cabinet are folded one after another within a process."""

import asyncio
from uuid import UUID
from weakref import WeakValueDictionary


class CabinetLocks:
    """A lock for each cabinet that something is happening to.

    The database keeps a cabinet's transactions apart (`cabinets.hold`), also between processes. But whoever
    waits there holds a connection: a busy cabinet would take the whole pool, from the others and from the relay.
    """

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    def of(self, cabinet_id: UUID) -> asyncio.Lock:
        """The cabinet's lock, the same one for as long as somebody has it."""
        return self._locks.setdefault(cabinet_id, asyncio.Lock())

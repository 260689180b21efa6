"""The transactional outbox: events are rows first, and messages only after their transaction committed."""

from servicekit.outbox.append import append, append_if_changed, stream
from servicekit.outbox.relay import Relay

__all__ = ["Relay", "append", "append_if_changed", "stream"]

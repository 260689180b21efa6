"""An event of the log made into one of a replay: a new id, its origin, the replay it belongs to; the rest as it was."""

import hashlib
import json
from uuid import UUID

from contracts.envelope import Origin

_DATA = b',"data":'
_TIME_BITS = 48


def renewed(body: bytes, event_id: UUID, replay_id: UUID) -> tuple[UUID, bytes]:
    """The id within the replay, and the body with it; the data are the same bytes.

    An event has the same id however often one replay sends it: what is sent again after a kill is handled once.
    """
    new_id = id_within(replay_id, event_id)
    changes = {"id": str(new_id), "origin": Origin.REPLAY.value, "replayid": str(replay_id)}
    # Attributes are scalars and stand before the data; within a text this sequence would have its quotes escaped.
    head, data, rest = body.partition(_DATA)
    if not data:
        raise ValueError(f"the body of event {event_id} has no data")
    attributes = json.loads(head + b"}") | changes
    return new_id, json.dumps(attributes, ensure_ascii=False, separators=(",", ":")).encode()[:-1] + data + rest


def id_within(replay_id: UUID, event_id: UUID) -> UUID:
    """A UUIDv7 with the time of the event's own, made of both ids."""
    mixed = int.from_bytes(hashlib.blake2b(replay_id.bytes + event_id.bytes, digest_size=16).digest())
    time = event_id.int >> (128 - _TIME_BITS) << (128 - _TIME_BITS)
    rest = mixed & ((1 << (128 - _TIME_BITS)) - 1)
    return UUID(int=time | rest & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)

"""WB's verdicts on a cabinet's token: which of them is about the token that is there now."""

from typing import Any

from contracts.envelope import Event

# A verdict counts if it is about the current token (it follows from that connect, or at least from nothing
# before it) and no later verdict was heard. Ids are UUIDv7, so a cause that sorts before the connect is older.
# Times of different services are compared only where no id tells: their clocks may differ.
IS_CURRENT = """
cabinet_id = :cabinet_id
AND (connect_event_id IN (CAST(:cause AS uuid), :correlation)
     OR (CAST(:cause AS uuid) IS NULL AND connected_at <= :time)
     OR CAST(:cause AS uuid) > connect_event_id)
AND (judged_at IS NULL OR judged_at <= :time)
"""
"""A condition on `wb_cabinets`, with the parameters of `verdict`."""


def verdict(event: Event[Any]) -> dict[str, object]:
    """What identifies the verdict: its cabinet, its time and what it follows from."""
    return {
        "cabinet_id": event.cabinetid,
        "time": event.time,
        "cause": event.causationid,
        "correlation": event.correlationid,
    }

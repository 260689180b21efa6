"""Nothing that Wildberries' data say goes by the reporter."""

from contracts.envelope import EventData, Origin
from contracts.registry import EVENTS
from support.any_rows import SOURCES

from contracts import topics

UPDATES = {event for event in EVENTS.values() if event.PUBLISHER == "ingestor" and event.TYPE.endswith(".updated.v1")}


def queues_of(event: type[EventData], origin: Origin) -> list[topics.Queue]:
    key = topics.routing_key(event.TYPE, origin)
    return [queue for queue in topics.QUEUES if queue.service == "reporter" and key in queue.routing_keys]


def test_every_resource_is_kept() -> None:
    assert len(UPDATES) > 20
    assert {event for event in SOURCES if event.PUBLISHER == "ingestor"} == UPDATES


def test_every_event_reaches_one_queue_whatever_its_origin() -> None:
    assert {len(queues_of(event, origin)) for event in SOURCES for origin in Origin} == {1}


def test_live_events_wait_for_none_that_are_not() -> None:
    for event in SOURCES:
        [live], [backfill] = queues_of(event, Origin.LIVE), queues_of(event, Origin.BACKFILL)
        assert live != backfill
        assert live in topics.REPORTER_CROWDED.takes_from
        assert backfill in topics.REPORTER_BACKFILLS
        # A few at a time: a transaction of 500 rows is long, and what is fetched and not begun waits in memory.
        assert backfill.prefetch <= 2 < live.prefetch <= 32

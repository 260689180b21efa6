"""The envelope and reading events from message bodies."""

import json
from typing import Any
from uuid import uuid4

import pytest
from contracts.cabinets import CabinetDisconnectedV1
from contracts.envelope import Event, Origin
from contracts.orders import order_id
from contracts.registry import UnreadableEvent, parse_event
from contracts.topics import GATEWAY_SYNCS, QUEUES, has_consumers, routing_key
from pydantic import ValidationError

from contracts import cache_keys

CABINET = uuid4()


def event(**options: Any) -> Event[CabinetDisconnectedV1]:
    data = CabinetDisconnectedV1(requested_by=1)
    return Event[CabinetDisconnectedV1].new(data, cabinet_id=CABINET, **options)


class TestNew:
    def test_an_event_without_cause_starts_its_own_correlation(self) -> None:
        first = event()
        assert first.correlationid == first.id
        assert first.causationid is None
        assert (first.type, first.source) == ("cabinet.disconnected.v1", "/pulse/gateway")
        assert first.subject == f"cabinet/{CABINET}"

    def test_an_effect_inherits_correlation_and_replay(self) -> None:
        cause = event(origin=Origin.REPLAY).model_copy(update={"replayid": uuid4()})
        effect = event(cause=cause)
        assert effect.correlationid == cause.correlationid
        assert effect.causationid == cause.id
        assert effect.replayid == cause.replayid

    def test_ids_are_ordered_by_time(self) -> None:
        ids = [event().id for _ in range(100)]
        assert ids == sorted(ids)
        assert {i.version for i in ids} == {7}

    def test_is_frozen(self) -> None:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(event(), "id", uuid4())  # noqa: B010  # the type checker forbids it already


class TestParseEvent:
    def test_reads_what_was_written(self) -> None:
        written = event()
        assert parse_event(written.model_dump_json().encode()) == written

    def test_ignores_fields_of_a_later_minor_version(self) -> None:
        body = json.loads(event().model_dump_json())
        body["later"] = 1
        body["data"]["later"] = 2
        assert parse_event(json.dumps(body).encode()).data == CabinetDisconnectedV1(requested_by=1)

    @pytest.mark.parametrize(
        ("body", "told"),
        [
            (b"\xff\x00", "Invalid JSON"),
            (b"[]", "object"),
            (b"{}", "type"),
            (b'{"type": "orders.updated.v99"}', "unknown event type 'orders.updated.v99'"),
            (b'{"type": "cabinet.disconnected.v1"}', "Field required"),
        ],
    )
    def test_says_why_a_body_is_unreadable(self, body: bytes, told: str) -> None:
        with pytest.raises(UnreadableEvent, match=told):
            parse_event(body)

    def test_does_not_repeat_the_input(self) -> None:
        body = event().model_dump_json().replace('"requested_by":1', '"requested_by":"secret"').encode()
        with pytest.raises(UnreadableEvent) as unreadable:
            parse_event(body)
        assert "secret" not in str(unreadable.value)


def test_an_order_has_one_id_in_every_run_and_another_in_another_cabinet() -> None:
    assert order_id(CABINET, "a.1") == order_id(CABINET, "a.1")
    assert order_id(CABINET, "a.1") != order_id(uuid4(), "a.1")


def test_topics_know_who_listens() -> None:
    assert has_consumers("orders.updated.v1")
    assert has_consumers("orders.updated.v1.backfill")
    assert not has_consumers("notification.delivered.v1")
    assert not has_consumers("orders.reported.v1.backfill")
    assert (GATEWAY_SYNCS.service, GATEWAY_SYNCS.dead) == ("gateway", "gateway.syncs.dead")


def test_live_and_other_events_of_a_type_share_no_queue() -> None:
    for queue in QUEUES:
        assert (Origin.LIVE in queue.origins) == (len(queue.origins) == 1)
    for event_type in ("orders.updated.v1", "products.updated.v1", "stocks.updated.v1"):
        keys = {origin: routing_key(event_type, origin) for origin in Origin}
        bound = {origin: {queue.name for queue in QUEUES if key in queue.routing_keys} for origin, key in keys.items()}
        assert all(bound.values())
        assert bound[Origin.LIVE].isdisjoint(bound[Origin.BACKFILL] | bound[Origin.REPLAY])


def test_cache_keys_keep_cabinets_and_users_apart() -> None:
    one, other = uuid4(), uuid4()
    keys = [
        f(c) for c in (one, other)
        for f in (cache_keys.order, cache_keys.cabinet_orders_tag, lambda c: cache_keys.product(c, 1),
                  lambda c: cache_keys.analytics(c, 1, 7), lambda c: cache_keys.stocks(c, 1),
                  cache_keys.cabinet_tag, cache_keys.entered_tag, cache_keys.cabinet_reviews_tag,
                  cache_keys.cabinet_questions_tag)
    ]  # fmt: skip
    keys += [
        key(user) for user in (1, 2) for key in (lambda user: cache_keys.answer(user, "q"), cache_keys.members_tag)
    ]
    assert len(set(keys)) == len(keys)

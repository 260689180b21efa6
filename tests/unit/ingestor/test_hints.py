"""What a webhook of WB's says, and by what a repeat is known; the settings of its receiver."""

import json
from typing import Any

import pytest
from ingestor.hints.envelope import MOST_EVENTS, READS, NotReadable, read_hints
from ingestor.resources import RESOURCES
from pydantic import SecretStr, ValidationError
from support.ingesting import make_settings


def body(*events: Any) -> bytes:
    return json.dumps({"sellerId": "1", "requestId": "r", "events": list(events)}).encode()


def test_what_is_to_be_read_is_there() -> None:
    assert {name for names in READS.values() for name in names} <= RESOURCES.keys()


class TestReadHints:
    def test_names_in_either_field_known_or_not(self) -> None:
        hints = read_hints(body({"event": "card_changed", "nmID": 1}, {"type": "feedback_updated"}, {"type": "new"}))
        assert [hint.event for hint in hints] == ["card_changed", "feedback_updated", "new"]

    def test_a_repeat_is_known_by_wbs_key_whatever_else_it_says(self) -> None:
        one, again, other, elsewhere = read_hints(
            body(
                {"event": "card_changed", "idempotencyKey": "a", "nmID": 1},
                {"event": "card_changed", "idempotencyKey": "a", "sent": 2},
                {"event": "card_changed", "idempotencyKey": "b", "nmID": 1},
                {"event": "feedback_updated", "idempotencyKey": "a"},
            )
        )
        assert one == again
        assert len({one.key, other.key, elsewhere.key}) == 3
        assert len(one.key) == 32

    @pytest.mark.parametrize("key", [{}, {"idempotencyKey": ""}, {"idempotencyKey": None}, {"idempotencyKey": [1]}])
    def test_without_a_key_by_all_it_says(self, key: dict[str, Any]) -> None:
        one, again, other = read_hints(
            body(
                {"event": "card_changed", "nmID": 1, "at": 2, **key},
                {"at": 2, "nmID": 1, "event": "card_changed", **key},
                {"event": "card_changed", "nmID": 2, "at": 2, **key},
            )
        )
        assert one == again
        assert one.key != other.key

    def test_half_an_emoji_is_taken(self) -> None:
        assert len(read_hints(rb'{"events": [{"event": "card_changed", "idempotencyKey": "\ud83d"}]}')) == 1

    @pytest.mark.parametrize(
        "said",
        [
            b"",
            b"{",
            b"\xff",
            b"[]",
            b"null",
            b"{}",
            b'{"events": {}}',
            b'{"events": ["card_changed"]}',
            b'{"events": [{}]}',
            b'{"events": [{"event": 1}]}',
            b'{"events": ' + b"[" * 100_000,
            b'{"events": [{"event": "a", "b": ' + b"[" * 5_000 + b"]" * 5_000 + b"}]}",
            b'{"events": ' + b"1" * 5_000 + b"}",
            body(*[{"event": "card_changed"}] * (MOST_EVENTS + 1)),
        ],
        ids=lambda said: said[:30],
    )
    def test_anything_else_is_not_readable(self, said: bytes) -> None:
        with pytest.raises(NotReadable):
            read_hints(said)


class TestSettings:
    def test_secrets_turn_it_on_and_take_two_connections(self) -> None:
        off = make_settings("http://127.0.0.1:1")
        on = make_settings("http://127.0.0.1:1", wb_webhook_secrets=SecretStr(" one,,two "))
        assert (off.webhook_secrets, on.webhook_secrets) == ((), (b"one", b"two"))
        assert on.pool_size == off.pool_size + 2

    def test_no_secret_in_it_is_a_mistake(self) -> None:
        with pytest.raises(ValidationError, match="there is no secret in it"):
            make_settings("http://127.0.0.1:1", wb_webhook_secrets=SecretStr(" , "))

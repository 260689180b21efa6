"""Reading Telegram's answers, also those that are not Telegram's."""

import json

import httpx
import pytest
from notifier.channels.bot_api import Reply, read_reply
from servicekit.http import Answer


def answer(status: int, body: object) -> Answer:
    return Answer(status, httpx.Headers(), body if isinstance(body, bytes) else json.dumps(body).encode())


def test_a_result_is_given_on() -> None:
    assert read_reply(answer(200, {"ok": True, "result": {"message_id": 5}})) == Reply(
        ok=True, result={"message_id": 5}
    )


def test_a_flood_answer_says_how_long() -> None:
    body = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 3}}
    assert read_reply(answer(429, body)).retry_after_seconds == 3


@pytest.mark.parametrize("body", [b"<html>bad gateway</html>", b"\xff\xfe", [], {"result": 1}, {"ok": "yes"}, b""])
def test_what_is_not_telegrams_json_never_counts_as_taken(body: object) -> None:
    assert (read_reply(answer(200, body)).ok, read_reply(answer(200, body)).code) == (False, 502)
    assert read_reply(answer(503, body)).code == 503


@pytest.mark.parametrize("status", [400, 403, 413, 429])
def test_a_proxys_page_is_no_verdict_on_the_message(status: int) -> None:
    assert read_reply(answer(status, b"<html>400 Bad Request</html>")).code == 502


@pytest.mark.parametrize(
    ("value", "seconds"), [("17", 17), (10072, 10072), (10**400, None), (10**12, 604_800), (-5, 0), (None, None)]
)
def test_an_odd_wait_is_heeded_as_far_as_it_can_be(value: object, seconds: float | None) -> None:
    body = {"ok": False, "error_code": 429, "description": "", "parameters": {"retry_after": value}}
    assert read_reply(answer(429, body)).retry_after_seconds == seconds


def test_odd_fields_do_no_harm() -> None:
    assert read_reply(answer(200, {"ok": True, "result": []})).result == {}
    odd = {"ok": False, "error_code": "x", "description": None, "parameters": {"retry_after": "soon"}}
    assert read_reply(answer(418, odd)) == Reply(ok=False, code=418)

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


def test_odd_fields_do_no_harm() -> None:
    assert read_reply(answer(200, {"ok": True, "result": []})).result == {}
    odd = {"ok": False, "error_code": "x", "description": None, "parameters": {"retry_after": "soon"}}
    assert read_reply(answer(418, odd)) == Reply(ok=False, code=418)

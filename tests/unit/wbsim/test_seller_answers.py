"""What a seller writes to buyers over HTTP: accepted, shown, moderated, edited once; refused, or never heard of."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from wbsim.messages import Message
from wbsim.running import Wbsim, running_wbsim

ANSWER, QUESTIONS = "/api/v1/feedbacks/answer", "/api/v1/questions"


@pytest.fixture
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=23, history_orders=400, limits_factor=1_000_000) as running:
        yield running


def waiting(messages: list[Message]) -> Message:
    return next(each for each in messages if not each.processed)


async def row(http: httpx.AsyncClient, kind: str, key: str) -> dict[str, Any]:
    found: dict[str, Any] = (await http.get(f"/api/v1/{kind}", params={"id": key})).raise_for_status().json()["data"]
    return found


async def write(http: httpx.AsyncClient, verb: str, key: str, text: str) -> int:
    return (await http.request(verb, ANSWER, json={"id": key, "text": text})).status_code


async def listed(http: httpx.AsyncClient, *, answered: bool) -> set[str]:
    params: dict[str, str | int] = {"isAnswered": str(answered).lower(), "take": 5000, "skip": 0}
    return {each["id"] for each in (await http.get("/api/v1/feedbacks", params=params)).json()["data"]["feedbacks"]}


async def test_an_answer_is_shown_after_moderation_and_edited_once(wb: Wbsim, http: httpx.AsyncClient) -> None:
    feedback = waiting(wb.world.shop().feedbacks)
    await wb.clock(0)
    await wb.settings(moderation_seconds=100)
    assert await write(http, "POST", feedback.id, "Спасибо") == 204
    assert (await row(http, "feedback", feedback.id))["answer"] == {
        "text": "Спасибо", "state": "reviewRequired", "editable": True,
    }  # fmt: skip
    assert feedback.id in await listed(http, answered=True)
    wb.world.shop().answers.settle(wb.world.clock.now() + 100)
    assert (await row(http, "feedback", feedback.id))["answer"]["state"] == "wbRu"
    await wb.settings(moderation_seconds=0)
    assert await write(http, "PATCH", feedback.id, "Спасибо!") == 204
    edited = {"text": "Спасибо!", "state": "wbRu", "editable": False}
    assert (await row(http, "feedback", feedback.id))["answer"] == edited
    for verb in ("PATCH", "POST"):
        assert await write(http, verb, feedback.id, "И ещё раз") == 204
        assert (await row(http, "feedback", feedback.id))["answer"] == edited, "accepted, without effect"
    assert [each["text"] for each in (await wb.truth())["writes"]] == ["Спасибо", "Спасибо!", "И ещё раз", "И ещё раз"]


async def test_one_that_was_turned_down_waits_for_another(wb: Wbsim, http: httpx.AsyncClient) -> None:
    feedback = waiting(wb.world.shop().feedbacks)
    await wb.settings(answers_rejected_share=1)
    await write(http, "POST", feedback.id, "Звоните 8-800")
    assert (await row(http, "feedback", feedback.id))["answer"]["state"] == "rejected"
    assert feedback.id in await listed(http, answered=False)
    await wb.settings(answers_rejected_share=0)
    await write(http, "POST", feedback.id, "Спасибо")
    assert (await row(http, "feedback", feedback.id))["answer"]["text"] == "Спасибо"


async def test_an_answer_may_show_later(wb: Wbsim, http: httpx.AsyncClient) -> None:
    feedback = waiting(wb.world.shop().feedbacks)
    await wb.clock(0)
    await wb.settings(answer_seconds=10)
    await write(http, "POST", feedback.id, "Спасибо")
    assert (await row(http, "feedback", feedback.id))["answer"] is None
    wb.world.shop().answers.settle(wb.world.clock.now() + 10)
    assert (await row(http, "feedback", feedback.id))["answer"]["text"] == "Спасибо"


async def test_a_question_is_answered_edited_and_rejected(wb: Wbsim, http: httpx.AsyncClient) -> None:
    first, second = [each for each in wb.world.shop().questions if not each.processed][:2]

    async def treat(key: str, text: str, state: str = "wbRu") -> int:
        body = {"id": key, "answer": {"text": text}, "state": state}
        return (await http.patch(QUESTIONS, json=body)).status_code

    assert [await treat(first.id, "Да"), await treat(first.id, "Нет")] == [200, 200]
    answered = await row(http, "question", first.id)
    assert (answered["answer"]["text"], answered["answer"]["editable"], answered["state"]) == ("Нет", False, "wbRu")
    assert await treat(first.id, "Не знаю") == 422
    assert await treat(second.id, "Не о товаре", "none") == 200
    assert (await row(http, "question", second.id))["state"] == "none"
    assert (await http.patch(QUESTIONS, json={"id": first.id, "wasViewed": False})).status_code == 200
    assert await treat("no such", "Да") == 404


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("POST", ANSWER, {"id": "x", "text": "y"}),
        ("POST", ANSWER, {"id": "x", "text": "y" * 5001}),
        ("PATCH", ANSWER, {"text": "Спасибо"}),
        ("POST", ANSWER, {"id": "x", "text": "Спасибо", "name": "?"}),
        ("PATCH", QUESTIONS, {"id": "x", "answer": {"text": "Да"}, "state": "new"}),
        ("PATCH", QUESTIONS, {"id": "x", "answer": {}, "state": "wbRu"}),
    ],
)
async def test_a_body_of_another_shape_is_refused(
    wb: Wbsim, http: httpx.AsyncClient, verb: str, path: str, body: dict[str, Any]
) -> None:
    assert (await http.request(verb, path, json=body)).status_code == 400
    assert (
        await http.request(verb, path, content=b"{", headers={"content-type": "application/json"})
    ).status_code == 400
    assert (await http.request(verb, path, content=b"{}")).status_code == 400, "no content type"
    assert (await wb.truth())["writes"] == []


async def test_an_unknown_id_is_accepted_of_an_answer_and_refused_of_a_reading(
    wb: Wbsim, http: httpx.AsyncClient
) -> None:
    assert [await write(http, verb, "no such", "Спасибо") for verb in ("POST", "PATCH")] == [204, 204]
    assert [(await http.get(f"/api/v1/{kind}?id=no")).status_code for kind in ("feedback", "question")] == [422, 422]


async def test_a_read_only_token_may_not_write(wb: Wbsim, http: httpx.AsyncClient) -> None:
    feedback = waiting(wb.world.shop().feedbacks)
    http.headers["Authorization"] = wb.world.issue_token(read_only=True)
    assert await write(http, "POST", feedback.id, "Спасибо") == 403
    assert (await row(http, "feedback", feedback.id))["answer"] is None


async def test_what_is_unheard_was_done_and_what_timed_out_was_not(wb: Wbsim, http: httpx.AsyncClient) -> None:
    first, second = [each for each in wb.world.shop().feedbacks if not each.processed][:2]
    await wb.fault(ANSWER, "unheard", times=1, seconds=0)
    assert await write(http, "POST", first.id, "Спасибо") == 504
    assert (await row(http, "feedback", first.id))["answer"]["text"] == "Спасибо"
    await wb.fault(ANSWER, "timeout", times=1, seconds=0)
    assert await write(http, "POST", second.id, "Спасибо") == 504
    assert (await row(http, "feedback", second.id))["answer"] is None

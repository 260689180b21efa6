"""Updates as a bot fetches them, and what is refused on the way."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from support.eventually import eventually
from tgsim.running import RunningTgsim, running_tgsim

Start = Callable[..., httpx.AsyncClient]
SIM = "http://tgsim/_sim"
START = {"type": "bot_command", "offset": 0, "length": 6}


async def say(api: httpx.AsyncClient, text: str, by: Any = 7) -> dict[str, Any]:
    response = await api.post(f"{SIM}/chats/7/send", json={"text": text, "from": by})
    assert response.status_code == 200, response.text
    said: dict[str, Any] = response.json()
    return said


async def updates(api: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    response = await api.post("getUpdates", json=params)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["result"]
    return found


async def refusal(api: httpx.AsyncClient, method: str, **params: Any) -> tuple[int, str]:
    response = await api.post(method, json=params)
    body = response.json()
    assert body["ok"] is False, body
    return response.status_code, body["description"]


class TestGetUpdates:
    async def test_an_update_comes_until_a_greater_offset_confirms_it(self, start: Start) -> None:
        api = start(wall_clock=lambda: 1700000000.5)
        anna = {"id": 7, "first_name": "Анна", "username": "anna", "language_code": "en"}
        said = await say(api, "/start да, @anna https://a.example/", by=anna)
        await say(api, "ещё")
        for _ in range(2):
            first, second = await updates(api)
        assert first == {
            "update_id": said["update_id"],
            "message": {
                "message_id": said["message_id"],
                "from": {"is_bot": False, **anna},
                "chat": {"id": 7, "type": "private", "first_name": "Анна", "username": "anna"},
                "date": 1700000000,
                "text": "/start да, @anna https://a.example/",
                "entities": [
                    START,
                    {"type": "mention", "offset": 11, "length": 5},
                    {"type": "url", "offset": 17, "length": 18},
                ],
            },
        }
        assert second["message"]["text"] == "ещё"
        assert [u["update_id"] for u in await updates(api, limit=1)] == [first["update_id"]]
        assert await updates(api, offset=second["update_id"]) == [second]
        assert await updates(api) == [second]
        assert await updates(api, offset=second["update_id"] + 1) == []

    async def test_a_negative_offset_keeps_the_newest(self, api: httpx.AsyncClient) -> None:
        for text in "abc":
            await say(api, text)
        assert [u["message"]["text"] for u in await updates(api, offset=-2)] == ["b", "c"]
        assert [u["message"]["text"] for u in await updates(api)] == ["b", "c"]

    async def test_what_nobody_fetched_for_a_day_is_forgotten(self, start: Start, clock: SimpleNamespace) -> None:
        api = start(wall_clock=lambda: clock.now)
        await say(api, "old")
        clock.now += 24 * 3600
        await say(api, "new")
        assert len(await updates(api)) == 2
        clock.now += 1
        assert [u["message"]["text"] for u in await updates(api)] == ["new"]

    async def test_only_kinds_that_were_asked_for_are_queued(self, api: httpx.AsyncClient) -> None:
        assert await updates(api, allowed_updates=["callback_query"]) == []
        assert (await say(api, "x"))["update_id"] is None
        assert (await api.post("getWebhookInfo")).json()["result"]["allowed_updates"] == ["callback_query"]
        await updates(api, allowed_updates=[])
        await say(api, "y")
        assert [u["message"]["text"] for u in await updates(api)] == ["y"]
        assert (await refusal(api, "getUpdates", allowed_updates="message"))[0] == 400

    async def test_a_poll_waits_for_an_update_and_a_second_poll_ends_it(self) -> None:
        async with running_tgsim(limits=None) as tgsim, client(tgsim) as api:
            first = await begun(tgsim, api)
            second = await begun(tgsim, api)
            refused = await first
            assert refused.status_code == 409
            assert refused.json()["description"] == (
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            )
            tgsim.say(7, "привет")
            assert [u["message"]["text"] for u in (await second).json()["result"]] == ["привет"]
            tgsim.sim.bots[tgsim.token].updates.drop()

            third = await begun(tgsim, api)
            assert (await api.post("setWebhook", json={"url": tgsim.webhook_url("bot")})).json()["result"] is True
            assert (await third).json()["description"] == "Conflict: terminated by setWebhook request"
            assert await refusal(api, "getUpdates") == (
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )

    async def test_a_poll_is_over_when_its_time_is_up(self, api: httpx.AsyncClient) -> None:
        assert await updates(api, timeout=1) == []


def client(tgsim: RunningTgsim) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=f"{tgsim.url}/bot{tgsim.token}", timeout=90)


async def begun(tgsim: RunningTgsim, api: httpx.AsyncClient) -> "asyncio.Task[httpx.Response]":
    """A long poll that the simulator has taken up."""
    queue = tgsim.sim.bots[tgsim.token].updates
    before = queue.polls
    polling = asyncio.create_task(api.post("getUpdates", json={"timeout": 50}))
    await eventually(lambda: queue.polls > before)
    return polling


class TestCallbacks:
    @pytest.fixture
    async def sent(self, api: httpx.AsyncClient) -> dict[str, Any]:
        buttons = [[{"text": "Отчёт", "callback_data": "r:1"}, {"text": "На WB", "url": "wildberries.ru/1"}]]
        body = {"chat_id": 7, "text": "x", "reply_markup": {"inline_keyboard": buttons}}
        result: dict[str, Any] = (await api.post("sendMessage", json=body)).json()["result"]
        return result

    def press(self, api: httpx.AsyncClient, sent: dict[str, Any], button: str) -> Any:
        return api.post(f"{SIM}/messages/7/{sent['message_id']}/press", json={"from": 7, "button": button})

    async def test_a_press_is_told_and_its_first_answer_is_what_a_phone_shows(
        self, api: httpx.AsyncClient, sent: dict[str, Any]
    ) -> None:
        pressed = (await self.press(api, sent, "Отчёт")).json()
        (update,) = await updates(api)
        query = update["callback_query"]
        assert (query["id"], query["data"], query["from"]["id"]) == (pressed["callback_query_id"], "r:1", 7)
        shown = sent | {"chat": {"id": 7, "type": "private", "first_name": "User 7"}}
        assert query["message"] == shown
        for text in ("Готово", "again"):
            answer = await api.post("answerCallbackQuery", json={"callback_query_id": query["id"], "text": text})
            assert answer.json()["result"] is True
        (shown,) = (await api.get(f"{SIM}/callbacks?chat_id=7")).json()["callbacks"]
        assert (shown["text"], shown["show_alert"], shown["answers"]) == ("Готово", False, 2)
        assert (await api.get(f"{SIM}/callbacks?chat_id=8")).json()["callbacks"] == []

    async def test_a_button_may_be_named_by_its_data(self, api: httpx.AsyncClient, sent: dict[str, Any]) -> None:
        assert (await self.press(api, sent, "r:1")).status_code == 200

    @pytest.mark.parametrize("button", ["nothing", "На WB"])
    async def test_what_tells_no_bot_cannot_be_pressed(
        self, api: httpx.AsyncClient, sent: dict[str, Any], button: str
    ) -> None:
        assert (await self.press(api, sent, button)).status_code == 400
        assert await updates(api) == []

    async def test_a_button_that_was_edited_away_is_gone(self, api: httpx.AsyncClient, sent: dict[str, Any]) -> None:
        await api.post("editMessageReplyMarkup", json={"chat_id": 7, "message_id": sent["message_id"]})
        assert (await self.press(api, sent, "Отчёт")).status_code == 400

    async def test_only_presses_that_are_known_and_fresh_are_answered(
        self, start: Start, clock: SimpleNamespace
    ) -> None:
        api = start(wall_clock=lambda: clock.now)
        body = {"chat_id": 7, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "b", "callback_data": "d"}]]}}
        sent = (await api.post("sendMessage", json=body)).json()["result"]
        key = (await self.press(api, sent, "b")).json()["callback_query_id"]
        too_old = (400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        assert await refusal(api, "answerCallbackQuery", callback_query_id="1") == too_old
        long = await refusal(api, "answerCallbackQuery", callback_query_id=key, text="я" * 201)
        assert long == (400, "Bad Request: MESSAGE_TOO_LONG")
        url = await refusal(api, "answerCallbackQuery", callback_query_id=key, url="https://a.example")
        assert url == (400, "Bad Request: url of an answer is not faked")
        clock.now += 15 * 60 + 1
        assert await refusal(api, "answerCallbackQuery", callback_query_id=key) == too_old


class TestPeople:
    async def test_who_blocks_the_bot_is_told_of_and_unblocks_it_by_writing(self, api: httpx.AsyncClient) -> None:
        assert (await api.post(f"{SIM}/chats/7/block")).status_code == 200
        assert (await refusal(api, "sendMessage", chat_id=7, text="x"))[0] == 403
        await say(api, "/start")
        assert (await api.post("sendMessage", json={"chat_id": 7, "text": "x"})).status_code == 200
        blocked, unblocked, message = await updates(api)
        changes = [
            (u["my_chat_member"]["old_chat_member"]["status"], u["my_chat_member"]["new_chat_member"]["status"])
            for u in (blocked, unblocked)
        ]
        assert changes == [("member", "kicked"), ("kicked", "member")]
        assert blocked["my_chat_member"]["new_chat_member"]["until_date"] == 0
        assert message["message"]["text"] == "/start"

    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("chats/7/send", {}),
            ("chats/7/send", {"text": "x", "from": 8}),
            ("chats/7/send", {"text": "x", "from": "anna"}),
            ("chats/7/send", {"text": "x", "from": {"id": 7, "age": 1}}),
            ("chats/7/send", {"text": "x", "reply_to": 5}),
            ("chats/7/send", {"text": "x", "thread_id": 5}),
            ("chats/7/send", {"text": "x", "bot_id": 5}),
            ("chats/7/send", {"photo": {"base64": "bm8="}}),
            ("chats/7/send", {"document": {"base64": "?"}}),
            ("chats/7/send", {"document": "x"}),
            ("chats/-5/send", {"text": "x"}),
            ("chats/-5/block", {"from": 7}),
            ("chats/7/promote", {}),
            ("chats/7/dance", {}),
            ("chats/7/migrate", {}),
            ("chats/7/topics", {"name": "x"}),
            ("chats/7/topics/5", {"is_closed": True}),
            ("messages/7/5/press", {"button": "x"}),
        ],
    )
    async def test_what_no_person_could_do_is_refused(self, api: httpx.AsyncClient, path: str, body: Any) -> None:
        response = await api.post(f"{SIM}/{path}", json=body)
        assert response.status_code == 400, response.text
        assert await updates(api) == []

"""What a bot does beside sending text: edits, deletes, files, commands, replies."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from tgsim.config import Limits

Start = Callable[..., httpx.AsyncClient]
SIM = "http://tgsim/_sim"
BUTTONS = {"inline_keyboard": [[{"text": "x", "callback_data": "d"}]]}


async def call(api: httpx.AsyncClient, method: str, **params: Any) -> Any:
    response = await api.post(method, json=params)
    assert response.status_code == 200, response.text
    return response.json()["result"]


async def refusal(api: httpx.AsyncClient, method: str, **params: Any) -> str:
    response = await api.post(method, json=params)
    assert response.status_code == 400, response.text
    description: str = response.json()["description"]
    return description.removeprefix("Bad Request: ")


async def sent(api: httpx.AsyncClient, chat_id: int = 7, **params: Any) -> int:
    message_id: int = (await call(api, "sendMessage", chat_id=chat_id, text="x", **params))["message_id"]
    return message_id


async def said(api: httpx.AsyncClient, chat_id: int = 7, **body: Any) -> int:
    answer = await api.post(f"{SIM}/chats/{chat_id}/send", json={"text": "/x", "from": 7, **body})
    message_id: int = answer.json()["message_id"]
    return message_id


async def inbox(api: httpx.AsyncClient) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = (await api.get(f"{SIM}/messages")).json()["messages"]
    return messages


class TestParameters:
    async def test_what_does_not_change_the_message_is_taken(self, api: httpx.AsyncClient) -> None:
        await sent(
            api, disable_notification=True, protect_content=True, link_preview_options={"is_disabled": True},
            has_spoiler=False,
        )  # fmt: skip
        assert len(await inbox(api)) == 1

    @pytest.mark.parametrize(
        ("method", "fields", "reason"),
        [
            ("sendMessage", {"message_effect_id": "1"}, "message_effect_id is not faked"),
            ("sendPhoto", {"has_spoiler": True}, "has_spoiler is not faked"),
            ("editMessageText", {"inline_message_id": "1"}, "inline_message_id is not faked"),
            (
                "sendMessage",
                {"reply_parameters": {"message_id": 1, "quote": "x"}},
                "reply_parameters: 'quote' is not faked",
            ),
            (
                "sendMessage",
                {"reply_parameters": {"message_id": 1, "chat_id": 8}},
                "reply_parameters: 'chat_id' of another chat is not faked",
            ),
            ("sendMessage", {"reply_parameters": "{"}, 'can\'t parse field "reply_parameters" as JSON'),
            ("sendMessage", {"reply_parameters": "[]"}, 'field "reply_parameters" must be an Object'),
            ("sendMessage", {"reply_parameters": {"message_id": 1}}, "message to be replied not found"),
            ("sendMessage", {"reply_to_message_id": 1}, "message to be replied not found"),
            ("sendMessage", {"message_thread_id": 5}, "message thread not found"),
            ("sendDocument", {}, "there is no document in the request"),
            ("sendDocument", {"document": "attach://a"}, "there is no document in the request"),
            ("sendDocument", {"document": "https://a.example/1"}, "a document by URL is not faked"),
            ("sendDocument", {"document": "BQAC1"}, "wrong file identifier/HTTP URL specified"),
            ("sendDocument", {"thumbnail": "attach://a"}, "thumbnail is not faked"),
            ("sendChatAction", {"action": "dance"}, "wrong parameter action in request"),
            ("getFile", {"file_id": "1"}, "invalid file_id"),
        ],
    )
    async def test_what_telegram_or_the_fake_cannot_take_is_refused(
        self, api: httpx.AsyncClient, method: str, fields: dict[str, Any], reason: str
    ) -> None:
        assert await refusal(api, method, **{"chat_id": 7, "text": "x", **fields}) == reason
        assert await inbox(api) == []

    async def test_a_reply_shows_what_it_replies_to(self, api: httpx.AsyncClient) -> None:
        asked = await said(api)
        answer = await call(api, "sendMessage", chat_id=7, text="x", reply_parameters={"message_id": asked})
        assert answer["reply_to_message"]["message_id"] == asked
        lost = {"message_id": 99, "allow_sending_without_reply": True}
        assert "reply_to_message" not in await call(api, "sendMessage", chat_id=7, text="x", reply_parameters=lost)
        assert [message["reply_to"] for message in await inbox(api)] == [asked, None]

    @pytest.mark.parametrize(
        "markup",
        [
            {"keyboard": [["Да", {"text": "Нет"}]], "resize_keyboard": True},
            {"remove_keyboard": True},
            {"force_reply": True, "selective": True},
        ],
    )
    async def test_what_stands_where_a_person_types_is_shown(self, api: httpx.AsyncClient, markup: Any) -> None:
        message_id = await sent(api, reply_markup=json.dumps(markup))
        (message,) = await inbox(api)
        assert message["keyboard"].keys() == markup.keys()
        assert message["buttons"] == []
        reason = await refusal(api, "editMessageText", chat_id=7, message_id=message_id, text="y", reply_markup=markup)
        assert reason == "inline keyboard expected"


class TestEditing:
    async def test_buttons_alone_can_be_changed_and_not_left_as_they_were(self, api: httpx.AsyncClient) -> None:
        message_id = await sent(api)
        edited = await call(api, "editMessageReplyMarkup", chat_id=7, message_id=message_id, reply_markup=BUTTONS)
        assert (edited["text"], edited["reply_markup"]) == ("x", BUTTONS)
        again = await refusal(api, "editMessageReplyMarkup", chat_id=7, message_id=message_id, reply_markup=BUTTONS)
        assert again.startswith("message is not modified")

    async def test_media_are_replaced(self, api: httpx.AsyncClient, png: Callable[..., bytes]) -> None:
        message_id = await sent(api)

        async def edit(content: bytes, kind: str = "photo", **media: Any) -> httpx.Response:
            fields = {"type": kind, "media": "attach://f", **media}
            data = {"chat_id": "7", "message_id": str(message_id), "media": json.dumps(fields)}
            return await api.post("editMessageMedia", data=data, files={"f": ("a.csv", content)})

        first = (await edit(png(), caption="<b>1</b>", parse_mode="HTML")).json()["result"]
        assert (first["caption"], first["photo"][0]["width"], "text" in first) == ("1", 3, False)
        again = await edit(png(), caption="<b>1</b>", parse_mode="HTML")
        assert "message is not modified" in again.json()["description"]
        assert (await edit(png(5, 5), caption="<b>1</b>", parse_mode="HTML")).status_code == 200
        document = (await edit(b"1;2", "document")).json()["result"]["document"]
        assert (document["file_name"], document["mime_type"], document["file_size"]) == ("a.csv", "text/csv", 3)
        assert (
            (await edit(b"x", "video")).json()["description"].endswith("'video' is not faked, photo and document are")
        )
        assert (await edit(b"x", has_spoiler=True)).json()["description"].endswith("'has_spoiler' is not faked")
        reason = await refusal(api, "editMessageText", chat_id=7, message_id=message_id, text="y")
        assert reason == "there is no text in the message to edit"

    async def test_a_persons_message_cannot_be_edited(self, api: httpx.AsyncClient) -> None:
        message_id = await said(api)
        assert await refusal(api, "editMessageText", chat_id=7, message_id=message_id, text="y") == (
            "message can't be edited"
        )

    @pytest.mark.parametrize("method", ["sendDocument", "editMessageReplyMarkup", "editMessageMedia"])
    async def test_new_methods_count_against_the_limits(
        self, start: Start, method: str, png: Callable[..., bytes]
    ) -> None:
        api = start(limits=Limits(per_chat_per_second=0.1, per_chat_burst=1))
        message_id = await sent(api)
        media = json.dumps({"type": "photo", "media": "attach://f"})
        data = {"chat_id": "7", "message_id": str(message_id), "reply_markup": json.dumps(BUTTONS), "media": media}
        response = await api.post(method, data=data, files={"document": b"x", "f": png()})
        assert (response.status_code, response.json()["parameters"]) == (429, {"retry_after": 10})


class TestDeleting:
    async def test_own_and_a_persons_message_are_gone(self, api: httpx.AsyncClient) -> None:
        own, persons = await sent(api), await said(api)
        for message_id in (own, persons):
            assert await call(api, "deleteMessage", chat_id=7, message_id=message_id) is True
            gone = await refusal(api, "deleteMessage", chat_id=7, message_id=message_id)
            assert gone == "message to delete not found"
        assert await inbox(api) == []
        deletions = (await api.get(f"{SIM}/deletions")).json()["deletions"]
        assert [(d["message_id"], d["from"]) for d in deletions] == [(own, None), (persons, 7)]
        assert await refusal(api, "editMessageText", chat_id=7, message_id=own, text="y") == "message to edit not found"

    async def test_not_after_48_hours(self, start: Start, clock: SimpleNamespace) -> None:
        api = start(wall_clock=lambda: clock.now)
        old = await sent(api)
        clock.now += 48 * 3600
        new = await sent(api)
        clock.now += 1
        assert await refusal(api, "deleteMessage", chat_id=7, message_id=old) == "message can't be deleted"
        assert await refusal(api, "deleteMessages", chat_id=7, message_ids=[old, new]) == "message can't be deleted"
        assert await call(api, "deleteMessages", chat_id=7, message_ids=[new, 99]) is True
        assert [message["message_id"] for message in await inbox(api)] == [old]

    async def test_in_a_group_a_persons_only_by_an_administrator(self, api: httpx.AsyncClient) -> None:
        persons, own = await said(api, -5), await sent(api, -5)
        assert await call(api, "deleteMessage", chat_id=-5, message_id=own) is True
        assert await refusal(api, "deleteMessage", chat_id=-5, message_id=persons) == "message can't be deleted"
        await api.post(f"{SIM}/chats/-5/promote", json={"from": 7})
        assert await call(api, "deleteMessage", chat_id=-5, message_id=persons) is True

    @pytest.mark.parametrize("ids", [None, [], "x", ["a"], list(range(101))])
    async def test_up_to_a_hundred_at_once(self, api: httpx.AsyncClient, ids: Any) -> None:
        params = {"chat_id": 7} if ids is None else {"chat_id": 7, "message_ids": ids}
        assert (await api.post("deleteMessages", json=params)).status_code == 400


class TestFiles:
    async def fetched(self, api: httpx.AsyncClient, file_id: str) -> httpx.Response:
        file = await call(api, "getFile", file_id=file_id)
        token = str(api.base_url).rpartition("/bot")[2].strip("/")
        return await api.get(f"http://tgsim/file/bot{token}/{file['file_path']}")

    async def test_what_was_sent_can_be_fetched_and_sent_again(
        self, api: httpx.AsyncClient, png: Callable[..., bytes]
    ) -> None:
        files = {"document": ("заказы.csv", "а;1\n".encode())}
        response = await api.post("sendDocument", data={"chat_id": "7", "caption": "отчёт"}, files=files)
        result = response.json()["result"]
        assert (result["caption"], result["document"]["file_name"]) == ("отчёт", "заказы.csv")
        again = await call(api, "sendDocument", chat_id=7, document=result["document"]["file_id"])
        assert again["document"] == result["document"]
        assert (await self.fetched(api, result["document"]["file_id"])).content == "а;1\n".encode()
        photo = (await api.post("sendPhoto", data={"chat_id": "7"}, files={"photo": png()})).json()["result"]["photo"]
        assert (await self.fetched(api, photo[0]["file_id"])).content == png()

    async def test_the_oldest_bytes_are_forgotten_beyond_the_bound(self, start: Start) -> None:
        api = start(keep_file_bytes=5)
        ids = []
        for content in (b"111", b"222", b"22222222"):
            response = await api.post("sendDocument", data={"chat_id": "7"}, files={"document": content})
            ids.append(response.json()["result"]["document"]["file_id"])
        assert await refusal(api, "getFile", file_id=ids[0]) == "wrong file_id or the file is temporarily unavailable"
        assert (await self.fetched(api, ids[1])).content == b"222"
        assert (await api.post("getFile", json={"file_id": ids[2]})).status_code == 400

    async def test_a_file_is_its_bots_alone(self, start: Start) -> None:
        tokens = ("1:" + "a" * 35, "2:" + "b" * 35)
        api = start(tokens=tokens)
        first, second = (f"http://tgsim/bot{token}" for token in tokens)
        response = await api.post(f"{first}/sendDocument", data={"chat_id": "7"}, files={"document": b"x"})
        file_id = response.json()["result"]["document"]["file_id"]
        path = (await api.post(f"{first}/getFile", json={"file_id": file_id})).json()["result"]["file_path"]
        assert (await api.post(f"{second}/getFile", json={"file_id": file_id})).status_code == 400
        statuses = [(await api.get(f"http://tgsim/file/bot{token}/{path}")).status_code for token in (*tokens, "3:x")]
        assert statuses == [200, 404, 401]


class TestCommands:
    async def test_each_scope_and_language_has_its_own(self, api: httpx.AsyncClient) -> None:
        russian = [{"command": "start", "description": "Начать"}]
        english = [{"command": "start", "description": "Begin"}]
        assert await call(api, "setMyCommands", commands=russian) is True
        await call(api, "setMyCommands", commands=english, language_code="en")
        chat = {"type": "chat", "chat_id": 7}
        assert await call(api, "getMyCommands") == russian
        assert await call(api, "getMyCommands", language_code="en") == english
        assert await call(api, "getMyCommands", scope=chat) == []
        assert await call(api, "deleteMyCommands") is True
        assert await call(api, "getMyCommands") == []

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"commands": {}}, "expected an Array of BotCommand"),
            ({"commands": ["x"]}, "can't parse BotCommand: expected an Object"),
            ({"commands": [{"command": "Start", "description": "x"}]}, "BOT_COMMAND_INVALID"),
            ({"commands": [{"command": "a" * 33, "description": "x"}]}, "BOT_COMMAND_INVALID"),
            ({"commands": [{"command": "a", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
            ({"commands": [{"command": "a", "description": "x"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
            ({"commands": [], "language_code": "RU"}, "BOT_COMMAND_LANG_CODE_INVALID"),
            ({"commands": [], "scope": {"type": "x"}}, "can't parse BotCommandScope: Unsupported type specified"),
            ({"commands": [], "scope": {"type": "chat"}}, "can't parse BotCommandScope: chat_id is empty"),
        ],
    )
    async def test_wrong_ones_are_refused(self, api: httpx.AsyncClient, fields: dict[str, Any], reason: str) -> None:
        assert await refusal(api, "setMyCommands", **fields) == reason

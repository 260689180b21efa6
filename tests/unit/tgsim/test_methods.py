import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from tgsim.config import Limits

Start = Callable[..., httpx.AsyncClient]


async def inbox(api: httpx.AsyncClient, query: str = "") -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = (await api.get(f"http://tgsim/_sim/messages{query}")).json()["messages"]
    return messages


def refused(response: httpx.Response) -> tuple[int, str]:
    body = response.json()
    assert body["ok"] is False
    assert body["error_code"] == response.status_code
    return response.status_code, body["description"]


class TestAddress:
    async def test_get_me_tells_the_bot(self, api: httpx.AsyncClient) -> None:
        result = (await api.get("getMe")).json()["result"]
        assert (result["id"], result["is_bot"]) == (123456, True)

    async def test_method_names_are_not_case_sensitive(self, api: httpx.AsyncClient) -> None:
        assert (await api.post("GETME")).json()["ok"] is True

    async def test_an_unknown_token_is_unauthorized(self, api: httpx.AsyncClient) -> None:
        assert refused(await api.get("http://tgsim/bot1:x/getMe")) == (401, "Unauthorized")

    @pytest.mark.parametrize("path", ["sendSticker", "http://tgsim/elsewhere"])
    async def test_an_unknown_method_is_not_found(self, api: httpx.AsyncClient, path: str) -> None:
        assert refused(await api.get(path)) == (404, "Not Found")


class TestParameters:
    async def test_query_form_multipart_and_json_are_all_read(self, api: httpx.AsyncClient) -> None:
        fields = {"chat_id": "7", "text": "привет"}
        await api.get("sendMessage", params=fields)
        await api.post("sendMessage", data=fields)
        await api.post("sendMessage", data=fields, files={"ignored": b"x"})
        await api.post("sendMessage", json={"chat_id": 7, "text": "привет"})
        assert [message["text"] for message in await inbox(api)] == ["привет"] * 4

    async def test_a_body_of_another_kind_is_ignored(self, api: httpx.AsyncClient) -> None:
        response = await api.post("sendMessage", content=b"text=x", headers={"content-type": "text/plain"})
        assert refused(response) == (400, "Bad Request: message text is empty")

    @pytest.mark.parametrize(
        ("content_type", "content", "reason"),
        [
            ("application/json", b"{", "can't parse JSON object"),
            ("application/json", b"[1]", "JSON object expected"),
            ("application/json", b'{"text": ["x"]}', 'field "text" must be of type String'),
            ("application/json", b'{"text": "\\ud83d"}', "strings must be encoded in UTF-8"),
            ("multipart/form-data", b"x", "can't parse form: Missing boundary in multipart."),
        ],
    )
    async def test_a_malformed_body_is_refused(
        self, api: httpx.AsyncClient, content_type: str, content: bytes, reason: str
    ) -> None:
        response = await api.post("sendMessage", content=content, headers={"content-type": content_type})
        assert refused(response) == (400, f"Bad Request: {reason}")

    async def test_a_request_above_fifty_megabytes_is_refused_unread(self, api: httpx.AsyncClient) -> None:
        headers = {"content-length": str(50 * 1024 * 1024 + 1)}
        assert refused(await api.post("sendMessage", content=b"", headers=headers))[0] == 413


class TestSendMessage:
    async def test_the_seller_sees_the_text_without_markup(self, api: httpx.AsyncClient) -> None:
        keyboard = [[{"text": "Отчёт", "callback_data": "r:1"}, {"text": "На WB", "url": "wildberries.ru/1"}], []]
        response = await api.post(
            "sendMessage",
            json={
                "chat_id": 7,
                "text": " <b>Заказ</b> &amp; <i>ещё</i>\n",
                "parse_mode": "html",
                "reply_markup": json.dumps({"inline_keyboard": keyboard}),
            },
            headers={"traceparent": "00-" + "1" * 32 + "-" + "2" * 16 + "-01"},
        )
        result = response.json()["result"]
        assert (result["text"], result["chat"]) == ("Заказ & ещё", {"id": 7, "type": "private"})
        assert result["entities"][0] == {"type": "bold", "offset": 0, "length": 5}
        assert result["reply_markup"] == {"inline_keyboard": keyboard[:1]}
        (stored,) = await inbox(api)
        assert stored["text"] == "Заказ & ещё"
        assert stored["html"] == " <b>Заказ</b> &amp; <i>ещё</i>\n"
        assert stored["traceparent"].startswith("00-1111")
        assert (stored["method"], stored["photo"], stored["message_id"]) == ("sendMessage", None, result["message_id"])

    async def test_text_without_parse_mode_is_taken_literally(self, api: httpx.AsyncClient) -> None:
        await api.post("sendMessage", json={"chat_id": 7, "text": "1 < 2 <b>"})
        (stored,) = await inbox(api)
        assert (stored["text"], stored["html"]) == ("1 < 2 <b>", "1 &lt; 2 &lt;b&gt;")

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"text": ""}, "message text is empty"),
            ({"text": " \n"}, "text must be non-empty"),
            ({"text": "<b></b>", "parse_mode": "HTML"}, "text must be non-empty"),
            ({"chat_id": ""}, "chat_id is empty"),
            ({"chat_id": 0}, "chat not found"),
            ({"chat_id": "@channel"}, "chat not found"),
            ({"text": "я" * 4097}, "message is too long"),
            ({"text": "<b>", "parse_mode": "HTML"}, None),
            ({"parse_mode": "Markdown"}, "unsupported parse_mode"),
            ({"entities": [{"type": "bold"}]}, "entities are not faked, parse_mode=HTML is"),
        ],
    )
    async def test_what_telegram_refuses_is_refused(
        self, api: httpx.AsyncClient, fields: dict[str, Any], reason: str | None
    ) -> None:
        expected = reason or "can't parse entities: Can't find end tag corresponding to start tag \"b\""
        response = await api.post("sendMessage", json={"chat_id": 7, "text": "x", **fields})
        assert refused(response) == (400, f"Bad Request: {expected}")
        assert await inbox(api) == []

    async def test_length_is_counted_after_parsing(self, api: httpx.AsyncClient) -> None:
        text = f"<b>{'&amp;' * 4096}</b>"
        response = await api.post("sendMessage", json={"chat_id": 7, "text": text, "parse_mode": "HTML"})
        assert response.status_code == 200

    async def test_only_listed_chats_exist_in_strict_mode(self, start: Start) -> None:
        api = start(chats=frozenset({7}))
        assert (await api.post("sendMessage", json={"chat_id": 7, "text": "x"})).status_code == 200
        response = await api.post("sendMessage", json={"chat_id": 8, "text": "x"})
        assert refused(response) == (400, "Bad Request: chat not found")

    async def test_above_the_limit_the_answer_says_how_long_to_wait(self, start: Start, clock: SimpleNamespace) -> None:
        api = start(limits=Limits(per_chat_per_second=0.25, per_chat_burst=1))
        body = {"chat_id": 7, "text": "x"}
        assert (await api.post("sendMessage", json=body)).status_code == 200
        response = await api.post("sendMessage", json=body)
        assert refused(response) == (429, "Too Many Requests: retry after 4")
        assert response.json()["parameters"] == {"retry_after": 4}
        assert response.headers["retry-after"] == "4"
        clock.now += 3
        assert (await api.post("sendMessage", json=body)).json()["parameters"] == {"retry_after": 1}
        clock.now += 1
        assert (await api.post("sendMessage", json=body)).status_code == 200
        stats = (await api.get("http://tgsim/_sim/stats")).json()
        assert (stats["accepted"], stats["refused"], stats["early_sends"]) == (2, {"429": 2}, 1)


def button(**fields: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x", **fields}]]}


class TestReplyMarkup:
    @pytest.mark.parametrize(
        ("markup", "reason"),
        [
            ("{", "can't parse reply keyboard markup JSON object"),
            ("[]", "object expected as reply markup"),
            ({"web_app": {}}, "reply markup: 'web_app' is not faked"),
            (
                {"keyboard": [[{"text": "x", "request_contact": True}]]},
                "keyboard button: 'request_contact' is not faked",
            ),
            ({"keyboard": [[{}]]}, 'can\'t parse keyboard button: Field "text" must be non-empty'),
            ({"force_reply": False}, 'field "force_reply" must be true'),
            ({"inline_keyboard": {}}, 'field "inline_keyboard" must be an Array of Arrays'),
            ({"inline_keyboard": [{}]}, 'field "inline_keyboard" must be an Array of Arrays'),
            (
                {"inline_keyboard": [["x"]]},
                "can't parse inline keyboard button: InlineKeyboardButton must be an Object",
            ),
            (button(text=""), 'can\'t parse inline keyboard button: Field "text" must be non-empty'),
            (button(url=1), 'can\'t parse inline keyboard button: Field "url" must be of type String'),
            (button(), "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
            (
                button(pay=True),
                "can't parse inline keyboard button: 'pay' is not faked, only url and callback_data are",
            ),
            (
                button(url="a.example", callback_data="x"),
                "can't parse inline keyboard button: exactly one of url and callback_data must be used",
            ),
            (button(callback_data=""), "BUTTON_DATA_INVALID"),
            (button(callback_data="я" * 32 + "x"), "BUTTON_DATA_INVALID"),
            (
                button(url="http://localhost:1/"),
                "inline keyboard button URL 'http://localhost:1/' is invalid: Wrong HTTP URL",
            ),
            ({"inline_keyboard": [[{"text": "x", "url": "a.example"}] * 101]}, "REPLY_MARKUP_TOO_LONG"),
        ],
    )
    async def test_a_wrong_keyboard_is_refused(self, api: httpx.AsyncClient, markup: Any, reason: str) -> None:
        response = await api.post("sendMessage", json={"chat_id": 7, "text": "x", "reply_markup": markup})
        assert refused(response) == (400, f"Bad Request: {reason}")

    @pytest.mark.parametrize(
        "fields",
        [
            {"callback_data": "я" * 32},
            {"url": "tg://user?id=1"},
            {"url": "https://127.0.0.1:8080/x"},
            {"url": "https://пример.рф/путь"},
        ],
    )
    async def test_a_right_button_is_taken(self, api: httpx.AsyncClient, fields: dict[str, str]) -> None:
        body = {"chat_id": 7, "text": "x", "reply_markup": button(**fields)}
        assert (await api.post("sendMessage", json=body)).status_code == 200

    @pytest.mark.parametrize("url", ["tg:", "http://a.example:99999", "ftp://a.example", "http://a b.example", ""])
    async def test_a_wrong_link_is_not(self, api: httpx.AsyncClient, url: str) -> None:
        body = {"chat_id": 7, "text": "x", "reply_markup": button(url=url)}
        assert refused(await api.post("sendMessage", json=body))[1].endswith("is invalid: Wrong HTTP URL")


class TestEdits:
    async def test_an_edit_replaces_the_text_and_keeps_what_was(self, api: httpx.AsyncClient) -> None:
        body = {"chat_id": 7, "text": "Новый заказ", "reply_markup": button(callback_data="1")}
        sent = (await api.post("sendMessage", json=body)).json()["result"]
        await api.post("sendMessage", json={"chat_id": 7, "text": "другое"})
        edit = {"chat_id": 7, "message_id": sent["message_id"], "text": "Отменён"}
        result = (await api.post("editMessageText", json=edit)).json()["result"]
        assert (result["message_id"], result["text"]) == (sent["message_id"], "Отменён")
        assert "edit_date" in result
        assert "reply_markup" not in result
        other, edited = await inbox(api)
        assert other["text"] == "другое"
        assert (edited["seq"], edited["text"], edited["method"]) == (3, "Отменён", "editMessageText")
        (before,) = edited["earlier_versions"]
        assert (before["seq"], before["text"], before["buttons"][0][0]["callback_data"]) == (1, "Новый заказ", "1")
        assert await inbox(api, "?since=2") == [edited]

    async def test_a_caption_is_edited_and_may_be_emptied(
        self, api: httpx.AsyncClient, png: Callable[..., bytes]
    ) -> None:
        data = {"chat_id": "7", "caption": "Заказ"}
        sent = (await api.post("sendPhoto", data=data, files={"photo": png()})).json()["result"]
        edit = {"chat_id": 7, "message_id": sent["message_id"]}
        result = (await api.post("editMessageCaption", json=edit)).json()["result"]
        assert "caption" not in result
        assert result["photo"] == sent["photo"]
        refusal = refused(await api.post("editMessageText", json={**edit, "text": "x"}))
        assert refusal == (400, "Bad Request: there is no text in the message to edit")

    @pytest.mark.parametrize(
        ("method", "fields", "reason"),
        [
            ("editMessageText", {"message_id": None}, "message identifier is not specified"),
            ("editMessageText", {"message_id": 99}, "message to edit not found"),
            ("editMessageText", {"chat_id": 8}, "message to edit not found"),
            ("editMessageText", {"text": "я" * 4097}, "message is too long"),
            ("editMessageText", {"text": ""}, "message text is empty"),
            (
                "editMessageText",
                {"text": "x "},
                "message is not modified: specified new message content and reply markup "
                "are exactly the same as a current content and reply markup of the message",
            ),
            ("editMessageCaption", {"caption": "y"}, "there is no caption in the message to edit"),
            ("editMessageCaption", {"caption": "я" * 1025}, "message caption is too long"),
        ],
    )
    async def test_an_edit_that_cannot_be_made_is_refused(
        self, api: httpx.AsyncClient, method: str, fields: dict[str, Any], reason: str
    ) -> None:
        sent = (await api.post("sendMessage", json={"chat_id": 7, "text": "x"})).json()["result"]
        body = {"chat_id": 7, "message_id": sent["message_id"], "text": "y", **fields}
        assert refused(await api.post(method, json=body)) == (400, f"Bad Request: {reason}")

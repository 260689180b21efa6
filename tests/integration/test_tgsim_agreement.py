"""One conversation with tgsim and with an independent fake, `telegram-test-api`: the shapes of their answers agree.

Where they do not, the difference is named with what https://core.telegram.org/bots/api says of it; it is on tgsim's
side in each.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from aiogram.types import Update
from support.eventually import eventually
from support.telegram_test_api_server import TelegramTestApi, telegram_test_api
from tgsim.running import RunningTgsim, running_tgsim

TOKEN = "123456:" + "a" * 35
BUTTONS = {"inline_keyboard": [[{"text": "Ещё", "callback_data": "more"}]]}

# Step → field → its type with tgsim and with the other (None: it is not there), beside what Telegram says.
DIFFERENCES: dict[str, dict[str, tuple[str | None, str | None]]] = {
    "getMe": {
        "result.is_bot": ("bool", None),  # User: not optional
        "result.can_join_groups": ("bool", None),  # User: "returned only in getMe", as are the four below
        "result.can_read_all_group_messages": ("bool", None),
        "result.supports_inline_queries": ("bool", None),
        "result.can_connect_to_business": ("bool", None),
        "result.has_main_web_app": ("bool", None),
    },
    **{
        step: {
            f"{message}.botToken": (None, "str"),  # no such field of Message
            f"{message}.chat.title": (None, "str"),  # Chat: "for supergroups, channels and group chats"
            f"{message}.from.language_code": ("str", None),  # User: optional
        }
        for step, message in (
            ("getUpdates: text", "result[].message"),
            ("getUpdates: command", "result[].message"),
            ("webhook", "message"),
        )
    },
    "sendMessage": {
        "result.from": ("dict", None),  # Message: "may be empty for messages sent to channels" only
        "result.chat.username": ("str", None),  # the person's; the other names the bot there
        "result.chat_id": (None, "int"),  # no such field of Message
    },
    "getUpdates: press": {
        "result[].callback_query.chat_instance": ("str", None),  # CallbackQuery: not optional
        "result[].callback_query.from.language_code": ("str", None),
        "result[].callback_query.message.chat.title": (None, "str"),
        "result[].callback_query.message.date": ("int", None),  # the message with the button, whole
        "result[].callback_query.message.message_id": ("int", None),
        "result[].callback_query.message.reply_markup": ("dict", None),
        "result[].callback_query.message.text": ("str", None),
    },
    "answerCallbackQuery": {"result": ("bool", "NoneType")},  # "On success, True is returned"
    "editMessageText": {"result": ("dict", "NoneType")},  # "the edited Message is returned"
    "editMessageReplyMarkup": {"result": ("dict", "NoneType")},
    "deleteMessage": {"result": ("bool", "NoneType")},  # "Returns True on success"
    "setWebhook": {"result": ("bool", "NoneType"), "description": ("str", None)},  # as deleteWebhook has it
}


def differences(one: Any, two: Any, path: str = "") -> dict[str, tuple[str | None, str | None]]:
    """The fields, by path, that differ in type or are in one alone."""
    if isinstance(one, list) and isinstance(two, list) and one and two:
        return differences(one[0], two[0], f"{path}[]")
    if not isinstance(one, dict) or not isinstance(two, dict):
        types = (type(one).__name__, type(two).__name__)
        return {} if types[0] == types[1] else {path: types}
    found: dict[str, tuple[str | None, str | None]] = {}
    for name in one | two:
        field = f"{path}.{name}".strip(".")
        if name in one and name in two:
            found |= differences(one[name], two[name], field)
        elif name in one:
            found[field] = (type(one[name]).__name__, None)
        else:
            found[field] = (None, type(two[name]).__name__)
    return found


class Conversation:
    """What a bot gets from a fake, step by step."""

    def __init__(self, api: httpx.AsyncClient, hooks: RunningTgsim) -> None:
        self.steps: dict[str, Any] = {}
        self._api = api
        self._hooks = hooks

    async def call(self, method: str, step: str = "", **params: Any) -> Any:
        answer = (await self._api.post(method, json=params)).json()
        self.steps[step or method] = answer
        return answer.get("result")

    async def hold(
        self, write: Callable[[str], Awaitable[Any]], press: Callable[[str, Any], Awaitable[Any]]
    ) -> dict[str, Any]:
        """Every step that both fakes know; `press` is told the message that the bot has sent."""
        await self.call("getMe")
        await write("привет")
        [update] = await self.call("getUpdates", "getUpdates: text")
        await write("/start x")
        offset = update["update_id"] + 1
        [update] = await self.call("getUpdates", "getUpdates: command", offset=offset)
        sent = await self.call("sendMessage", chat_id=7, text="да", reply_markup=BUTTONS)
        place = {"chat_id": 7, "message_id": sent["message_id"]}
        await press("more", sent)
        offset = update["update_id"] + 1
        [update] = await self.call("getUpdates", "getUpdates: press", offset=offset)
        key = update["callback_query"]["id"]
        await self.call("answerCallbackQuery", callback_query_id=key, text="Готово")
        await self.call("editMessageText", text="нет", reply_markup=BUTTONS, **place)
        await self.call("editMessageReplyMarkup", reply_markup={"inline_keyboard": []}, **place)
        await self.call("getUpdates", "getUpdates: nothing", offset=update["update_id"] + 1)
        await self.call("deleteMessage", **place)
        await self.call("deleteMessage", "deleteMessage: gone", **place)
        await self.call("setWebhook", url=self._hooks.webhook_url("bot"))
        before = len(self._hooks.webhooks())
        await write("по вебхуку")
        await eventually(lambda: len(self._hooks.webhooks()) > before)
        self.steps["webhook"] = json.loads(self._hooks.webhooks()[-1]["body"])
        await self.call("deleteWebhook")
        return self.steps


async def of_tgsim(tgsim: RunningTgsim) -> dict[str, Any]:
    person = {"id": 7, "first_name": "Анна", "username": "anna"}

    async def write(text: str) -> None:
        tgsim.say(7, text, from_id=person)

    async def press(data: str, sent: Any) -> None:
        tgsim.press({"chat_id": 7, "message_id": sent["message_id"]}, data)

    async with httpx.AsyncClient(base_url=f"{tgsim.url}/bot{TOKEN}") as api:
        return await Conversation(api, tgsim).hold(write, press)


async def of_the_other(other: TelegramTestApi, hooks: RunningTgsim) -> dict[str, Any]:
    async def press(data: str, _sent: Any) -> None:
        await other.press(data)

    async with httpx.AsyncClient(base_url=f"{other.url}/bot{TOKEN}") as api:
        return await Conversation(api, hooks).hold(other.write, press)


async def test_both_fakes_answer_alike_but_where_it_is_said() -> None:
    person = {"userId": 7, "chatId": 7, "firstName": "Анна", "userName": "anna"}
    async with running_tgsim(tokens=(TOKEN,), limits=None) as tgsim, telegram_test_api(TOKEN, person) as other:
        ours, theirs = await of_tgsim(tgsim), await of_the_other(other, tgsim)

    assert ours.keys() == theirs.keys()
    assert {step: found for step in ours if (found := differences(ours[step], theirs[step]))} == DIFFERENCES
    refused = [[step for step in answers if answers[step].get("ok") is False] for answers in (ours, theirs)]
    assert refused == [["deleteMessage: gone"]] * 2
    for step in ("getUpdates: text", "getUpdates: command", "webhook"):
        one, two = (answer["result"][0] if "result" in answer else answer for answer in (ours[step], theirs[step]))
        for field in ("text", "entities"):
            assert one["message"].get(field) == two["message"].get(field)
        assert one["message"]["from"]["id"] == two["message"]["from"]["id"] == 7
    for update in (
        ours["webhook"],
        *(u for step in ours if step.startswith("getUpdates") for u in ours[step]["result"]),
    ):
        Update.model_validate(update)  # aiogram's types are made from Telegram's documentation

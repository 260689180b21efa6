"""How updates reach the bot, and what keeps one of them from harming others."""

import asyncio
import itertools
import signal
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from bench.processes import running_service
from bot.actions import Action
from bot.buttons import Buttons
from bot.charts.room import Room
from servicekit.callback_data import callback_key
from support.botting import WAIT_SECONDS, Message, RunningBot, running_bot
from support.eventually import eventually
from support.gateway import Gateway, wb_token
from tgsim.running import RunningTgsim, running_tgsim

ANNA = {"id": 1001, "first_name": "Анна", "language_code": "ru"}
SECRET = "only-telegram-knows-this"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
NUMBERS = itertools.count(5_000_000)


class Posted:
    """Updates that somebody posts to the bot's webhook, as Telegram does."""

    def __init__(self, bot: RunningBot) -> None:
        self.bot = bot

    async def post(self, update: object, secret: str = SECRET) -> int:
        async with httpx.AsyncClient() as client:
            headers = [(HEADER.encode(), secret.encode())] if secret else []
            answer = await client.post(f"{self.bot.url}/from-telegram", json=update, headers=headers)
        return answer.status_code

    async def press(self, message: Message, data: str, query_id: str = "7") -> int:
        """What a client of one's own can send: any data at a button of a message that is there."""
        place = {"message_id": message["message_id"], "date": 1, "chat": {"id": 1001, "type": "private"}, "text": "x"}
        query = {
            "id": query_id,
            "from": {**ANNA, "is_bot": False},
            "chat_instance": "1",
            "message": place,
            "data": data,
        }
        return await self.post({"update_id": next(NUMBERS), "callback_query": query})


@pytest.fixture
async def telegram() -> AsyncIterator[RunningTgsim]:
    async with running_tgsim(limits=None) as running:
        yield running


@pytest.fixture
async def posted(gateway: Gateway, telegram: RunningTgsim) -> AsyncIterator[Posted]:
    """A bot with a webhook, which it has set at Telegram."""
    settings = {"bot_webhook_url": "http://127.0.0.1:1/from-telegram", "bot_webhook_secret": SECRET}
    async with running_bot(gateway, telegram=telegram, settings=settings) as bot:
        yield Posted(bot)


async def test_what_draws_charts_is_loaded_once_somebody_writes(
    gateway: Gateway, telegram: RunningTgsim, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared: list[Room] = []
    monkeypatch.setattr(Room, "prepare", lambda room: prepared.append(room))  # noqa: PLW0108  # a method binds
    async with running_bot(gateway, telegram=telegram) as bot:
        assert prepared == []
        await bot.says(1001, "/help", from_id=ANNA)
        assert prepared


async def test_a_question_and_buttons_are_understood_by_a_bot_that_was_started_since(
    gateway: Gateway, telegram: RunningTgsim
) -> None:
    async with running_bot(gateway, telegram=telegram) as bot:
        await bot.says(1001, wb_token(), expecting="подключён", from_id=ANNA)
        card = await bot.presses(await bot.says(1001, "/cabinets", from_id=ANNA), "🟡", from_id=ANNA)
        asked = await bot.presses(card, "✏️", expecting="Как назвать", from_id=ANNA)
    async with running_bot(gateway, telegram=telegram) as bot:
        await bot.says(1001, "Имя", expecting="называется Имя", from_id=ANNA, reply_to=asked["message_id"])
        await bot.presses(card, "👥", expecting="1 участник", from_id=ANNA)


async def test_only_telegram_is_listened_to_and_only_to_what_it_can_say(posted: Posted) -> None:
    update = {"update_id": next(NUMBERS), "message": written("/menu")}
    assert await posted.post(update, secret="") == 401
    assert await posted.post(update, secret=SECRET + "x") == 401
    assert await posted.post(update, secret="секрет") == 401
    assert await posted.post([update]) == 400
    assert await posted.post({"update_id": 1, "text": "x" * 1_000_000}) == 413
    assert posted.bot.telegram.messages() == []
    # What cannot be read is not sent again; and the same update is handled once.
    assert await posted.post({"update_id": next(NUMBERS), "message": {"text": "no chat"}}) == 200
    assert [await posted.post(update), await posted.post(update)] == [200, 200]
    await posted.bot.telegram.wait_for_messages(1, timeout_seconds=WAIT_SECONDS)
    assert await posted.post({"update_id": next(NUMBERS), "message": written("/help")}) == 200
    said = await posted.bot.telegram.wait_for_messages(2, timeout_seconds=WAIT_SECONDS)
    assert ["Что показать?" in each["text"] for each in said] == [True, False]


def written(text: str) -> dict[str, Any]:
    chat = {"id": 1001, "type": "private"}
    return {"message_id": 1, "date": 1, "chat": chat, "from": {**ANNA, "is_bot": False}, "text": text}


async def test_buttons_that_are_forged_or_of_another_chat_do_nothing(posted: Posted) -> None:
    telegram = posted.bot.telegram
    await posted.post({"update_id": next(NUMBERS), "message": written("/menu")})
    [menu] = await telegram.wait_for_messages(1, timeout_seconds=WAIT_SECONDS)
    key = callback_key(telegram.token)
    right = Buttons(key, 1001).data(Action.CABINETS)
    bad = [Buttons(key, 1002).data(Action.CABINETS), Buttons(b"k" * 32, 1001).data(Action.CABINETS), right[:-1], "m"]
    for data in bad:
        assert await posted.press(menu, data) == 200
    # A button of ours that says less than its handler needs, too.
    assert await posted.press(menu, Buttons(key, 1001).data(Action.CABINET)) == 200
    # One that only shows something, as the number of a page does.
    assert await posted.press(menu, Buttons(key, 1001).data(Action.NOTHING)) == 200
    assert await posted.press(menu, right) == 200
    [shown] = await telegram.wait_for_messages(1, timeout_seconds=WAIT_SECONDS)
    await eventually(lambda: "нет магазинов" in telegram.messages()[0]["text"], seconds=WAIT_SECONDS)
    [shown] = telegram.messages()
    assert [version["text"] for version in shown["earlier_versions"]] == ["Что показать?"]


async def test_two_presses_at_once_are_one_and_a_failure_is_told_and_stops_nothing(bot: RunningBot) -> None:
    await bot.says(1001, wb_token(), expecting="подключён", from_id=ANNA)
    card = await bot.presses(await bot.says(1001, "/cabinets", from_id=ANNA), "🟡", from_id=ANNA)
    members = await bot.presses(card, "👥", expecting="1 участник", from_id=ANNA)
    asked = await bot.presses(members, "➕", expecting="Кого пригласить", from_id=ANNA)
    for _ in range(2):
        bot.telegram.press(asked, "менеджер", from_id=ANNA)
    await bot.presses(asked, "« Участники", expecting="1 участник", from_id=ANNA)
    user = await bot.gateway.user(1001)
    [shop] = (await user.get("/cabinets")).json()["data"]
    assert len((await user.get(f"/cabinets/{shop['cabinet_id']}/invitations")).json()["data"]) == 1

    # Telegram refuses an answer: the next one is given all the same.
    bot.telegram.add_fault(kind="status", method="sendMessage", status=500, times=2)
    bot.telegram.say(1001, "/menu", from_id=ANNA)
    await bot.says(1001, "/help", expecting="/cabinets", from_id=ANNA)


async def test_in_a_group_only_who_names_the_bot_is_answered_and_each_sees_his_own(
    gateway: Gateway, telegram: RunningTgsim
) -> None:
    group, boris = -100500, {"id": 1002, "first_name": "Борис", "language_code": "ru"}
    telegram.set_chat(group, kind="supergroup", title="Магазин", is_forum=True)
    telegram.set_member(group, "administrator", by=ANNA)
    topic = telegram.open_topic(group, "Заказы", by=ANNA)
    async with running_bot(gateway, telegram=telegram) as bot:
        await bot.says(1001, wb_token(), expecting="подключён", from_id=ANNA)
        name = telegram.sim.bots[telegram.token].username
        telegram.say(group, "/cabinets", from_id=ANNA, thread_id=topic)
        telegram.say(group, "/cabinets@another_bot", from_id=ANNA, thread_id=topic)
        telegram.say(group, "просто слова", from_id=ANNA, thread_id=topic)
        listed = await bot.says(group, f"/cabinets@{name}", from_id=ANNA, thread_id=topic)
        assert "1 магазин" in listed["text"]
        assert listed["thread_id"] == topic
        assert len(telegram.messages(chat_id=group)) == 1
        # Boris sees what Anna asked for, and nothing of it is his to turn over.
        assert f"Спросите сами: /menu@{name}" in await bot.toasted(listed, "🟡", from_id=boris)
        assert "1 магазин" in telegram.messages(chat_id=group)[0]["text"]
        mine = await bot.presses(listed, "🟡", expecting="Ваша роль: владелец", from_id=ANNA)
        # A question in the group is answered by a reply.
        asked = await bot.presses(mine, "✏️", expecting="Как назвать", from_id=ANNA)
        assert asked["thread_id"] == topic
        await bot.says(
            group, "Север", expecting="называется Север", from_id=ANNA, thread_id=topic, reply_to=asked["message_id"]
        )
        # A token is asked for in private alone.
        await bot.says(group, f"/connect@{name}", expecting="напишите мне лично", from_id=ANNA, thread_id=topic)


async def test_a_view_whose_message_was_deleted_meanwhile_is_sent_anew(bot: RunningBot) -> None:
    menu = await bot.says(1001, "покажи меню", expecting="Не понял", from_id=ANNA)
    gone = {"kind": "status", "status": 400, "description": "Bad Request: message to edit not found"}
    bot.telegram.add_fault(**gone, method="editMessageText")
    shown = await bot.presses(menu, "🏪", expecting="нет магазинов", from_id=ANNA)
    assert shown["message_id"] != menu["message_id"]
    assert len(bot.telegram.messages(chat_id=1001)) == 2


async def test_a_process_that_is_ended_finishes_its_update_which_is_not_handled_again(
    gateway: Gateway, telegram: RunningTgsim
) -> None:
    env = {
        "TELEGRAM_BOT_TOKEN": telegram.token,
        "TELEGRAM_API_BASE_URL": telegram.url,
        "GATEWAY_URL": "http://127.0.0.1:1",
        "GATEWAY_API_KEY": "pulse_Tq3vN8xYb1LrWm5KcZ0sHdJ7uGfEa",
    }
    telegram.add_fault(kind="slow", method="sendMessage", seconds=1.0)
    async with running_service("bot", env) as process:
        telegram.say(1001, "/menu", from_id=ANNA)
        await eventually(lambda: telegram.sim.faulted["slow"] == 1, seconds=WAIT_SECONDS)
        process.send_signal(signal.SIGTERM)
        assert await process.wait() in (0, -signal.SIGTERM)
    assert ["Что показать?" in each["text"] for each in telegram.messages()] == [True]
    async with running_bot(gateway, telegram=telegram) as bot:
        await bot.says(1001, "/help", expecting="/cabinets", from_id=ANNA)
    assert len(telegram.messages()) == 2


async def test_commands_are_told_to_telegram_in_both_languages(bot: RunningBot) -> None:
    async def told(**of: object) -> list[str]:
        async with httpx.AsyncClient() as client:
            url = f"{bot.telegram.url}/bot{bot.telegram.token}/getMyCommands"
            return [each["description"] for each in (await client.post(url, json=of)).json()["result"]]

    async def is_told() -> bool:
        in_groups = await told(scope={"type": "all_group_chats"}, language_code="en")
        return "My shops: state, token, members" in in_groups and "Connect a shop" not in in_groups

    await eventually(is_told, seconds=WAIT_SECONDS)
    assert "Подключить магазин" in await told()
    assert "Connect a shop" in await told(language_code="en")


async def test_a_person_who_is_too_fast_is_told_so_once(gateway: Gateway) -> None:
    async with running_bot(gateway, is_paced=True) as bot:
        for _ in range(60):
            bot.telegram.say(1001, "/menu", from_id=ANNA)
        await bot.says(1002, "/menu", expecting="Что показать")
        await eventually(lambda: any("Не так быстро" in m["text"] for m in bot.telegram.messages(chat_id=1001)))
        await asyncio.sleep(0)
        assert sum("Не так быстро" in m["text"] for m in bot.telegram.messages(chat_id=1001)) == 1

"""Where somebody is told beside his own chat: a topic of a group by `/here`, an e-mail address by its code."""

import pytest
from contracts.notification_targets import address_belongs_to
from servicekit.crypto import unseal
from servicekit.db import Database
from support.botting import RunningBot, labels, running_bot
from support.gateway import NOTIFIER_PRIVATE_KEY, Gateway, wb_token
from support.outbox_rows import published
from support.rows import execute
from tgsim.running import running_tgsim

ANNA = {"id": 1001, "first_name": "Анна", "language_code": "ru"}
BORIS = {"id": 1002, "first_name": "Борис", "language_code": "ru"}
GROUP = -100500
ENTERED, TESTED = "notification_target.entered.v1", "notification_target.tested.v1"


async def targets(gateway: Gateway) -> list[dict[str, object]]:
    found: list[dict[str, object]] = (await (await gateway.user(1001)).get("/notifications/targets")).json()["data"]
    return found


async def test_a_topic_is_told_of_a_shop_by_here_until_it_is_turned_off(
    gateway: Gateway, notifier_db: Database
) -> None:
    async with running_tgsim(limits=None) as telegram:
        telegram.set_chat(GROUP, kind="supergroup", title="Магазин <и> склад", is_forum=True)
        telegram.set_member(GROUP, "administrator", by=ANNA)
        topic = telegram.open_topic(GROUP, "Заказы", by=ANNA)
        async with running_bot(gateway, telegram=telegram) as bot:
            at = {"thread_id": topic, "from_id": ANNA}
            command = f"/here@{telegram.sim.bots[telegram.token].username}"
            await bot.says(1001, "/here", expecting="Здесь вам и так сообщаем", from_id=ANNA)
            await bot.says(GROUP, command, expecting="пока нет магазинов", **at)
            await bot.says(1001, wb_token(), expecting="подключён", from_id=ANNA)
            asked = await bot.says(GROUP, command, expecting="О каком магазине", **at)
            assert "другому человеку" in await bot.toasted(asked, labels(asked)[0], from_id=BORIS)
            card = await bot.presses(asked, labels(asked)[0], expecting="Магазин <и> склад", from_id=ANNA)
            assert f"тема {topic}" in card["text"]
            [target] = await targets(gateway)
            [shop] = (await (await gateway.user(1001)).get("/cabinets")).json()["data"]
            assert (target["chat_id"], target["topic_id"], target["state"]) == (GROUP, topic, "active")
            assert target["cabinets"] == [shop["cabinet_id"]]

            assert "Пробное сообщение" in await bot.toasted(card, "📨", from_id=ANNA)
            assert len(await published(gateway.database, TESTED)) == 1
            again = await bot.says(GROUP, command, expecting="Сообщаем о", **at)
            await bot.presses(again, "🔕", expecting="больше ничего не сообщаем", from_id=ANNA)
            assert await targets(gateway) == []


@pytest.fixture
async def sending(notifier_db: Database) -> None:
    """The notifier sends mail."""
    await execute(notifier_db, "INSERT INTO channels VALUES ('email', true, NULL)")


async def test_an_address_is_entered_by_the_code_that_was_sent_there(bot: RunningBot, sending: None) -> None:
    async def code() -> str:
        data = (await published(bot.gateway.database, ENTERED))[-1].data
        belongs_to = address_belongs_to(data.target_id)
        return unseal(data.confirmation.sealed, private_keys=NOTIFIER_PRIVATE_KEY, belongs_to=belongs_to)

    settings = await bot.says(1001, "/settings", expecting="все магазины", from_id=ANNA)
    listed = await bot.presses(settings, "📬", expecting="ваш чат со мной", from_id=ANNA)
    await bot.presses(listed, "✉️", expecting="Напишите адрес", from_id=ANNA)
    await bot.says(1001, "у Марии", expecting="Это не адрес почты", from_id=ANNA)
    await bot.says(1001, "maria@localhost", expecting="Это не адрес почты", from_id=ANNA)
    question = await bot.says(1001, "Maria@example.ru", expecting="отправлен на M…@example.ru", from_id=ANNA)
    wrong = f"{(int(await code()) + 1) % 10**6:06d}"
    for text in ("не знаю", wrong):
        question = await bot.says(1001, text, expecting="Код неверный", from_id=ANNA, reply_to=question["message_id"])
    listed = await bot.says(1001, "/targets", expecting="ждёт кода", from_id=ANNA)
    card = await bot.presses(listed, "✉️ M…", expecting="ждёт кода", from_id=ANNA)
    await bot.presses(card, "🔁", expecting="отправлен на M…@example.ru", from_id=ANNA)
    question = await bot.presses(card, "✍️", expecting="отправлен на M…@example.ru", from_id=ANNA)
    card = await bot.says(
        1001, await code(), expecting="Сообщаем о: все магазины", from_id=ANNA, reply_to=question["message_id"]
    )
    [target] = await targets(bot.gateway)
    assert (target["channel"], target["state"], target["hint"]) == ("email", "active", "M…@example.ru")
    await bot.presses(card, "🔕", expecting="больше ничего не сообщаем", from_id=ANNA)
    assert await targets(bot.gateway) == []

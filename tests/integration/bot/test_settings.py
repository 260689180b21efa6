"""What a person wants to be told, entered by buttons; what he asks of a message: why, and not for a while."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from bot.actions import Action
from bot.buttons import Buttons
from servicekit.callback_data import callback_key
from servicekit.db import Database
from support.botting import RunningBot, labels, running_bot
from support.gateway import Gateway, User
from support.shop import Shop, open_shop

ALICE, BOB = 1001, 1002
NM_ID = 7_000_001


@dataclass
class Told:
    bot: RunningBot
    shop: Shop
    alice: User

    async def settings(self) -> dict[str, Any]:
        answer: dict[str, Any] = (await self.alice.get("/notifications/settings")).json()["data"]
        return answer

    async def sent(self, chat_id: int, label: str, action: Action, part: Any) -> dict[str, Any]:
        """A message with a button, as the notifier sends it: with one that asks why beside it."""
        telegram = self.bot.telegram
        buttons = Buttons(callback_key(telegram.token), chat_id)
        made = [buttons.button(label, action, part), buttons.button("Зачем", Action.WHY, uuid4())]
        markup = {"inline_keyboard": [[each.model_dump(exclude_none=True) for each in made]]}
        body = {"chat_id": chat_id, "text": "Новый заказ", "reply_markup": markup}
        async with httpx.AsyncClient(base_url=telegram.url) as client:
            answer = await client.post(f"/bot{telegram.token}/sendMessage", json=body)
        message_id = answer.json()["result"]["message_id"]
        [found] = [m for m in telegram.messages(chat_id=chat_id) if m["message_id"] == message_id]
        return found


@pytest.fixture
async def told(
    gateway: Gateway, reporter_db: Database, ingestor_db: Database, notifier_db: Database
) -> AsyncIterator[Told]:
    alice = await gateway.user(ALICE)
    shop = await open_shop(gateway, alice, reporter_db, ingestor_db, notifier_db, nm_id=NM_ID, mark="Vq7alice")
    async with running_bot(gateway) as bot:
        yield Told(bot, shop, alice)


async def test_kinds_quiet_hours_and_language_are_set_by_buttons_and_last(told: Told) -> None:
    bot = told.bot
    page = await bot.says(ALICE, "/settings", expecting="Тихие часы: нет")
    family = await bot.presses(page, "📦 Остатки", expecting="Нажатие включает")
    off = await bot.presses(family, "✅ Товар снова в наличии", expecting="Нажатие включает")
    assert "🔕 Товар снова в наличии" in labels(off)
    page = await bot.presses(off, "⬅️ Назад", expecting="Тихие часы")
    page = await bot.presses(page, "🌙 23:00–09:00", expecting="23:00–09:00")
    english = await bot.presses(page, "🇬🇧 English", expecting="Quiet hours: 23:00–09:00")
    assert "🔕 All mutes" in labels(english)
    settings = await told.settings()
    assert settings["language"] == "en"
    rules = {(rule.get("kind"), rule.get("is_on")): rule.get("quiet") for rule in settings["rules"]}
    assert rules[("restocked", False)] is None
    assert rules[(None, None)] == {"since": "23:00", "until": "09:00"}
    # Pressed again it is on again.
    family = await bot.presses(english, "📦 Stocks", expecting="A press turns")
    await bot.presses(family, "🔕 Item is in stock again", expecting="A press turns")
    assert {rule.get("kind"): rule.get("is_on") for rule in (await told.settings())["rules"]}["restocked"] is True


async def test_an_item_is_muted_by_the_button_under_its_message_and_told_of_again(told: Told) -> None:
    bot = told.bot
    message = await told.sent(ALICE, "Тише: этот товар", Action.MUTE_ITEM, NM_ID)
    question = await bot.presses(message, "Тише: этот товар", expecting="На сколько")
    muted = await bot.presses(question, "🔕 Сутки", expecting="не сообщаем до")
    assert [mute["nm_id"] for mute in (await told.settings())["mutes"]] == [NM_ID]
    mutes = await bot.presses(muted, "🔕 Всё приглушённое", expecting=f"товар {NM_ID}")
    await bot.presses(mutes, f"🔔 {NM_ID}", expecting="снова сообщаем")
    assert (await told.settings())["mutes"] == []


async def test_why_tells_the_rule_the_figures_their_age_and_the_event_and_strangers_nothing(told: Told) -> None:
    bot = told.bot
    delivery_id = told.shop.ids["delivery_id"]
    message = await told.sent(ALICE, "Почему", Action.WHY, UUID(str(delivery_id)))
    shown = await bot.presses(message, "Почему", expecting="Почему: Новый заказ")
    event_id = (await told.alice.get(f"/notifications/deliveries/{delivery_id}")).json()["data"]["event_id"]
    assert event_id in shown["text"]
    assert "Цифры взяты" in shown["text"]
    assert "Vq7alice" in shown["text"]
    strange = await told.sent(BOB, "Почему", Action.WHY, UUID(str(delivery_id)))
    refused = await bot.presses(strange, "Почему", expecting="")
    assert event_id not in refused["text"]


async def test_an_alert_is_dealt_with_by_the_button_under_its_message_which_stays(told: Told) -> None:
    bot = told.bot
    message = await told.sent(ALICE, "Что делать", Action.ALERT, UUID(str(told.shop.ids["alert_id"])))
    card = await bot.presses(message, "Что делать", expecting="Скоро кончится")
    assert card["message_id"] != message["message_id"]
    await bot.presses(card, "✅", expecting="Решено вручную")
    # It is not among the open ones any more, and is shown all the same.
    again = await bot.presses(message, "Что делать", expecting="Решено вручную")
    assert again["message_id"] not in (card["message_id"], message["message_id"])
    [kept] = [m for m in bot.telegram.messages(chat_id=ALICE) if m["message_id"] == message["message_id"]]
    assert (kept["text"], kept["earlier_versions"]) == ("Новый заказ", [])
    stranger = await told.sent(BOB, "Что делать", Action.ALERT, UUID(str(told.shop.ids["alert_id"])))
    await bot.presses(stranger, "Что делать", expecting="Такого предупреждения нет")

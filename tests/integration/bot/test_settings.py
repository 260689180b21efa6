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


async def test_kinds_quiet_hours_zone_and_language_are_set_by_buttons_and_last(told: Told) -> None:
    bot = told.bot
    assert labels(await bot.says(ALICE, "/language", expecting="Какой язык")) == ["🇷🇺 Русский", "🇬🇧 English"]
    page = await bot.says(ALICE, "/settings", expecting="Тихие часы: нет · по умолчанию")
    family = await bot.presses(page, "📦 Остатки", expecting="Нажатие включает")
    off = await bot.presses(family, "✅ Товар снова в наличии", expecting="Нажатие включает")
    assert "🔕 Товар снова в наличии" in labels(off)
    await bot.presses(off, "🔕 Товар снова в наличии", expecting="Нажатие включает")
    page = await bot.presses(off, "⬅️ Назад", expecting="Тихие часы")
    chosen = await bot.presses(page, "🌙 Тихие часы", expecting="Тихие часы: нет")
    page = await bot.presses(chosen, "🌙 23:00–09:00", expecting="Тихие часы: 23:00–09:00 · задано здесь")
    question = await bot.presses(await bot.presses(page, "🌙", expecting=""), "✍️", expecting="Со скольки")
    question = await bot.says(ALICE, "ночью", reply_to=question["message_id"], expecting="Не понимаю эти часы")
    page = await bot.says(ALICE, "22.30 - 8", reply_to=question["message_id"], expecting="22:30–08:00")
    together = await bot.presses(page, "📚 Вместе", expecting="одним сообщением: от 10 · по умолчанию")
    page = await bot.presses(together, "никогда", expecting="одним сообщением: никогда")

    zones = await bot.presses(page, "🌍", expecting="В каком поясе")
    page = await bot.presses(zones, "Омск", expecting="Часовой пояс: Asia/Omsk")
    question = await bot.presses(await bot.presses(page, "🌍", expecting="В каком"), "✍️", expecting="имя пояса")
    question = await bot.says(ALICE, "Mars/Olympus", reply_to=question["message_id"], expecting="Такого пояса нет")
    page = await bot.says(ALICE, "Asia/Almaty", reply_to=question["message_id"], expecting="Asia/Almaty")
    english = await bot.presses(page, "🇬🇧 English", expecting="Quiet hours: 22:30–08:00 · set here")
    assert "🔕 All mutes" in labels(english)

    settings = await told.settings()
    assert (settings["language"], settings["zone"]) == ("en", "Asia/Almaty")
    [of_all, of_kind] = sorted(settings["rules"], key=lambda rule: rule["kind"] or "")
    assert (of_all["quiet"], of_all["group_after"]) == ({"since": "22:30", "until": "08:00"}, 0)
    assert (of_kind["kind"], of_kind["is_on"]) == ("restocked", True)


async def test_a_shop_has_settings_of_its_own_which_say_where_each_comes_from(told: Told) -> None:
    bot, shop = told.bot, str(told.shop.cabinet_id)
    page = await bot.says(ALICE, "/settings", expecting="все магазины")
    await bot.presses(await bot.presses(page, "🌙 Тихие", expecting="нет"), "🌙 00:00–07:00", expecting="задано здесь")
    shops = await bot.presses(page, "🏪 Для одного", expecting="важнее заданного для всех")
    own = await bot.presses(shops, "🏪", expecting="00:00–07:00 · от: все магазины")
    orders = await bot.presses(own, "🧾", expecting="Нажатие включает")
    row = next(n for n, (first, *_) in enumerate(orders["buttons"]) if first["text"] == "✅ Новый заказ")
    kind = await bot.presses_at(orders, row, 1, expecting="Сообщать: да · по умолчанию")
    off = await bot.presses(kind, "🔕 Не сообщать", expecting="Сообщать: нет · задано здесь")
    assert "Всё ещё приходят как отдельные виды: “Первый заказ товара”, “Крупный заказ”" in off["text"]
    off = await bot.presses(off, "🔕 И эти", expecting="Сообщать: нет")
    assert "Всё ещё" not in off["text"]
    rules = {rule["kind"]: rule for rule in (await told.settings())["rules"] if rule["cabinet_id"] == shop}
    assert {kind: rule["is_on"] for kind, rule in rules.items()} == dict.fromkeys(
        ("order_new", "order_first", "order_big"), False
    )

    # An amount and items are written, and checked.
    amount = await bot.presses(off, "💰", expecting="От суммы: любой")
    question = await bot.presses(amount, "✍️", expecting="От какой суммы")
    question = await bot.says(ALICE, "много", reply_to=question["message_id"], expecting="Это не сумма")
    page = await bot.says(ALICE, "2 500,50 ₽", reply_to=question["message_id"], expecting="задано здесь")
    assert "2\u202f500,50" in page["text"].replace(" ", "\u202f")
    question = await bot.presses(await bot.presses(page, "👕", expecting="обо всех"), "✍️", expecting="О каких товарах")
    question = await bot.says(ALICE, "худи", reply_to=question["message_id"], expecting="Это не артикулы")
    page = await bot.says(ALICE, f"{NM_ID}, 8", reply_to=question["message_id"], expecting=f"{NM_ID}, 8 · задано здесь")
    [rule] = [rule for rule in (await told.settings())["rules"] if rule["kind"] == "order_new"]
    assert (rule["above"], rule["only_nm_ids"]) == ("2500.50", [NM_ID, 8])

    # A channel is more special than all of that; and what was set here can be taken back.
    mail = await bot.presses(page, "Почта", expecting="📡 Почта")
    await bot.presses(mail, "🔔 Сообщать", expecting="Сообщать: да · задано здесь")
    page = await bot.presses(page, "📡 Все", expecting="• Почта: да")
    page = await bot.presses(page, "↩️", expecting="Сообщать: да · по умолчанию")
    [rule] = [rule for rule in (await told.settings())["rules"] if rule["kind"] == "order_new"]
    assert (rule["channel"], rule["is_on"], rule["above"]) == ("email", True, None)


async def test_items_kinds_and_shops_are_muted_for_a_while_and_told_of_again(told: Told) -> None:
    bot = told.bot
    message = await told.sent(ALICE, "Тише: этот товар", Action.MUTE_ITEM, NM_ID)
    question = await bot.presses(message, "Тише: этот товар", expecting="На сколько")
    await bot.presses(question, "🔕 Сутки", expecting=f"товар {NM_ID}")
    page = await bot.says(ALICE, "/settings", expecting="все магазины")
    shops = await bot.presses(page, "🏪 Для одного", expecting="важнее")
    own = await bot.presses(shops, "🏪", expecting="📡 все каналы")
    question = await bot.presses(own, "🔕 На время", expecting="На сколько приглушить")
    await bot.presses(question, "🔕 1 час", expecting="Приглушено до")
    digests = await bot.presses(page, "🔕 Всё приглушённое", expecting="1. ")
    assert digests["text"].index("Vq7alice") < digests["text"].index(f"товар {NM_ID}")
    page = await bot.says(ALICE, "/settings", expecting="все магазины")
    kinds = await bot.presses(page, "🗞", expecting="Нажатие включает")
    kind = await bot.presses_at(kinds, 0, 1, expecting="Час сводок: 08:00 · по умолчанию")
    question = await bot.presses(kind, "🔕 На время", expecting="“Сводка за день” (все магазины)")
    muted = await bot.presses(question, "🔕 Неделя", expecting="Приглушено до")
    settings = await told.settings()
    assert sorted((mute["kind"] or "", mute["nm_id"] or 0, mute["cabinet_id"]) for mute in settings["mutes"]) == [
        ("", 0, str(told.shop.cabinet_id)), ("", NM_ID, None), ("digest_day", 0, None),
    ]  # fmt: skip
    mutes = await bot.presses(muted, "🔕 Всё приглушённое", expecting="3. “Сводка за день”: до")
    for left in (2, 1):
        mutes = await bot.presses(mutes, "🔔 1", expecting="снова сообщаем")
        assert len((await told.settings())["mutes"]) == left
    await bot.presses(mutes, "🔔 1", expecting="Ничего не приглушено")


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

"""What sellers do in the bot: answer a review, see it through; ask for a sync, watch it end."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from contracts.envelope import Event, EventData
from contracts.syncs import SyncCompletedV1
from contracts.topics import GATEWAY_SYNCS, GATEWAY_WB_COMMANDS
from contracts.wb_commands import WbCommandChangedV1
from gateway import invalidation
from gateway.handlers.sync_completed import sync_completed
from gateway.handlers.wb_command_changed import wb_command_changed
from servicekit import clock
from servicekit.consume import Handler, handle_once
from servicekit.db import Database
from support.botting import RunningBot, labels, running_bot
from support.eventually import eventually
from support.gateway import Gateway
from support.shop import Shop, open_shop

ALICE, MARK = 1001, "Vq7alice"


@dataclass
class Told:
    bot: RunningBot
    shop: Shop
    gateway: Gateway

    async def hear(self, data: EventData, handler: Handler, queue: Any) -> None:
        """An event of the ingestor, as the gateway consumes it."""
        event: Event[Any] = Event.new(data, cabinet_id=self.shop.cabinet_id)
        await handle_once(self.gateway.database, queue, {type(data): handler}, event)
        await invalidation.of_reviews(self.gateway.app.state.parts.cache)(event, None)


@pytest.fixture
async def told(
    gateway: Gateway, reporter_db: Database, ingestor_db: Database, notifier_db: Database
) -> AsyncIterator[Told]:
    alice = await gateway.user(ALICE)
    shop = await open_shop(gateway, alice, reporter_db, ingestor_db, notifier_db, nm_id=7_000_001, mark=MARK)
    async with running_bot(gateway) as bot:
        yield Told(bot, shop, gateway)


async def commands(told: Told) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await told.shop.owner.get("/commands")).json()["data"]
    return found


async def test_a_review_is_answered_once_after_a_second_look_and_followed_until_it_ends(told: Told) -> None:
    bot, before = told.bot, len(await commands(told))
    page = await bot.says(ALICE, "/reviews", expecting="Без ответа")
    card = await bot.presses(page, "1", expecting=MARK)
    question = await bot.presses(card, "✍️ Ответить", expecting="Напишите ответ")
    short = await bot.says(ALICE, " . ", reply_to=question["message_id"], expecting="от 2 до")
    question = await bot.presses(short, "✍️ Заново", expecting="Напишите ответ")
    text = "Спасибо & <b>приходите</b>\nещё!"
    sure = await bot.says(ALICE, text, reply_to=question["message_id"], expecting="Отправить покупателю")
    assert text in sure["text"]
    assert len(await commands(told)) == before

    for _ in range(3):
        bot.telegram.press(sure, "📨 Отправить")
    shown = await bot.presses(sure, "📨 Отправить", expecting="Принято")
    assert shown["message_id"] == sure["message_id"]
    assert await bot.toasted(shown, "🔄 Как идёт") == ""
    found = await commands(told)
    assert len(found) == before + 1
    assert found[0]["text"] == text

    for revision, state in ((5, "sent"), (6, "confirmed")):
        now = clock.now()
        ended = {"ended_at": now} if state == "confirmed" else {}
        data = WbCommandChangedV1.model_validate(
            {"command_id": found[0]["command_id"], "kind": found[0]["kind"], "subject": found[0]["subject"],
             "state": state, "revision": revision, "attempts": 1, "changed_at": now, **ended}
        )  # fmt: skip
        await told.hear(data, wb_command_changed, GATEWAY_WB_COMMANDS)

    def is_shown() -> bool:
        [message] = [m for m in bot.telegram.messages(chat_id=ALICE) if m["message_id"] == sure["message_id"]]
        return "Опубликовано" in message["text"] and "⭐ Отзывы" in labels(message)

    await eventually(is_shown)


async def test_a_question_waits_and_can_be_rejected(told: Told) -> None:
    bot = told.bot
    page = await bot.says(ALICE, "/questions", expecting="Без ответа")
    card = await bot.presses(page, "1", expecting=MARK)
    question = await bot.presses(card, "🚫 Отклонить", expecting="почему вопрос отклоняется")
    sure = await bot.says(ALICE, "Не по теме", reply_to=question["message_id"], expecting="Отправить покупателю")
    await bot.presses(sure, "📨 Отправить", expecting="Принято")
    [command, *_] = await commands(told)
    assert (command["kind"], command["text"]) == ("question_reject", "Не по теме")


async def test_a_sync_is_asked_for_and_its_bar_fills_by_edits_until_it_is_over(told: Told) -> None:
    bot = told.bot
    page = await bot.says(ALICE, "/sync", expecting="Насколько свежи")
    assert f"🏬 {MARK}" in page["text"]
    shown = await bot.presses(page, "🔄 Обновить", expecting="░░")
    assert shown["message_id"] == page["message_id"]
    assert await bot.toasted(shown, "🔄 Как идёт") == ""
    [status] = (await told.shop.owner.get("/sync/status")).json()["data"]
    [run] = [run for run in status["runs"] if run["status"] in ("queued", "running")]
    assert f"0/{len(run['resources'])}" in shown["text"]
    for each in run["resources"]:
        at = clock.now()
        data = SyncCompletedV1(
            sync_id=UUID(run["sync_id"]), resource=each["resource"], started_at=at,
            finished_at=at + timedelta(seconds=2), pages=1, rows_new=3, rows_changed=2, rows_same=1, rows_quarantined=0,
        )  # fmt: skip
        await told.hear(data, sync_completed, GATEWAY_SYNCS)

    def is_over() -> bool:
        [message] = [m for m in bot.telegram.messages(chat_id=ALICE) if m["message_id"] == page["message_id"]]
        return "всё прочитано" in message["text"] and "▓" * 12 in message["text"]

    await eventually(is_over)

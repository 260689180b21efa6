"""Whatever Telegram answers when it is asked for what is new: the bot goes on, and answers once."""

from typing import Any

import pytest
from structlog.testing import capture_logs
from support.botting import RunningBot

CHAT = 1001


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "page", "status": 502},
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 429, "retry_after": 1},
        {"kind": "timeout", "seconds": 0.2},
    ],
    ids=lambda fault: "-".join(str(value) for value in fault.values()),
)
async def test_what_is_new_is_asked_for_again(bot: RunningBot, fault: dict[str, Any]) -> None:
    await bot.says(CHAT, "/help", expecting="/orders")
    bot.telegram.add_fault(method="getUpdates", times=1, **fault)
    for _ in range(2):
        await bot.says(CHAT, "/menu", expecting="Что показать")
    assert len([m for m in bot.telegram.messages(chat_id=CHAT) if "Что показать" in m["text"]]) == 2


async def test_answers_that_telegram_lost_stop_nothing(bot: RunningBot) -> None:
    await bot.says(CHAT, "/help", expecting="/orders")
    with capture_logs() as logs:
        # What was asked for, and then what is said where that is lost.
        bot.telegram.add_fault(method="sendMessage", chat_id=CHAT, kind="page", status=502, times=2)
        bot.telegram.say(CHAT, "/help")
        await bot.says(CHAT, "/menu", expecting="Что показать")
    said = [line for line in logs if line["event"] in ("update.failed", "answer.not_sent")]
    assert [line["event"] for line in said] == ["update.failed", "answer.not_sent"]

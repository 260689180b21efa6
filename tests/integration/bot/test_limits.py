"""The bot where Telegram takes no more for a while."""

import asyncio

from support.botting import RunningBot, running_bot
from support.gateway import Gateway
from tgsim.config import Limits
from tgsim.running import running_tgsim

ANNA = {"id": 1001, "first_name": "Анна", "language_code": "ru"}
BORIS = {"id": 1002, "first_name": "Борис", "language_code": "ru"}


async def test_an_answer_that_is_refused_for_a_while_comes_when_telegram_takes_it_and_nothing_before(
    bot: RunningBot,
) -> None:
    # Twice: what the bot waited for the notifier took meanwhile.
    bot.telegram.add_fault(kind="status", status=429, retry_after=1, chat_id=1001, method="sendMessage", times=2)
    menu, other = await asyncio.gather(bot.says(1001, "/menu", from_id=ANNA), bot.says(1002, "/menu", from_id=BORIS))
    assert menu["text"] == other["text"]
    stats = bot.telegram.stats()
    assert (stats["refused"], stats["early_sends"]) == ({"429": 2}, 0)


async def test_whoever_asks_faster_than_telegram_takes_answers_gets_them_all_and_none_is_sent_too_early(
    gateway: Gateway,
) -> None:
    async with running_tgsim(limits=Limits(per_chat_burst=1, per_second=3)) as telegram:
        async with running_bot(gateway, telegram=telegram):
            for _ in range(3):
                telegram.say(1001, "/menu", from_id=ANNA)
                telegram.say(1002, "/menu", from_id=BORIS)
            await telegram.wait_for_messages(6, timeout_seconds=60)
        stats = telegram.stats()
    assert stats["refused"]["429"] > 0
    assert stats["early_sends"] == 0

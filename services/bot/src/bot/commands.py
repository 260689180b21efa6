"""The commands of the bot, as Telegram's menu shows them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from aiogram import Bot
from aiogram.types import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeDefault
from servicekit.translation import CODES, language, msgid

from bot.language import PACKAGE


@dataclass(frozen=True)
class Listed:
    """A command in the menu, with what it does in a few words."""

    name: str
    does: str
    in_groups: bool = True


COMMANDS: Sequence[Listed] = (
    Listed("menu", msgid("Everything the bot can do")),
    Listed("orders", msgid("Orders: list and search")),
    Listed("analytics", msgid("What a period came to, with a chart")),
    Listed("items", msgid("Items: list and search")),
    Listed("stocks", msgid("What runs out first")),
    Listed("replenish", msgid("What to send to WB, as a file too")),
    Listed("abc", msgid("Which items make the revenue")),
    Listed("buyout", msgid("Buyout by week")),
    Listed("reviews", msgid("Reviews that wait for an answer")),
    Listed("questions", msgid("Questions that wait for an answer")),
    Listed("alerts", msgid("What to look at")),
    Listed("digests", msgid("Digests of days, weeks and months")),
    Listed("sync", msgid("How fresh the data are; sync now")),
    Listed("cabinets", msgid("My shops: state, token, members")),
    Listed("connect", msgid("Connect a shop"), in_groups=False),
    Listed("settings", msgid("What I am told, quiet hours, language")),
    Listed("here", msgid("In a group: tell it of my shops")),
    Listed("targets", msgid("Where I am told: groups, e-mail")),
    Listed("language", msgid("Language"), in_groups=False),
    Listed("help", msgid("Help")),
)


async def keep_commands(bot: Bot) -> None:
    """Tell Telegram the commands in every language, and go on doing nothing."""
    for code in CODES:
        said = language(PACKAGE, code)
        for scope, listed in (
            (BotCommandScopeDefault(), COMMANDS),
            (BotCommandScopeAllGroupChats(), [each for each in COMMANDS if each.in_groups]),
        ):
            commands = [BotCommand(command=each.name, description=said.text(each.does)) for each in listed]
            # Who has another language than these is shown the Russian ones.
            await bot.set_my_commands(commands, scope=scope, language_code=None if code == "ru" else code)
    await asyncio.Event().wait()

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
    Listed("cabinets", msgid("My shops: state, token, members")),
    Listed("connect", msgid("Connect a shop"), in_groups=False),
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

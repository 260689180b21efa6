"""Which handler an update goes to."""

from dataclasses import dataclass

from aiogram.filters import Filter
from aiogram.types import TelegramObject

from bot.actions import Action
from bot.buttons import Press
from bot.prompts import Answered


@dataclass(frozen=True)
class Command:
    """A command that is meant for this bot, in small letters, and what stands behind it."""

    name: str
    arguments: str = ""


class said(Filter):  # it reads as a decorator's word: @router.message(said("orders"))
    """`/orders`, in groups `/orders@bot`. The handler may take `command: Command`."""

    def __init__(self, *names: str) -> None:
        self._names = names

    async def __call__(self, _: TelegramObject, command: Command | None = None) -> bool:
        return command is not None and command.name in self._names


class pressed(Filter):
    """A button with one of these actions. The handler may take `press: Press`."""

    def __init__(self, *actions: Action) -> None:
        self.actions = actions

    async def __call__(self, _: TelegramObject, press: Press | None = None) -> bool:
        return press is not None and press.action in self.actions


class answers(Filter):
    """An answer in words to what `Conversation.ask` asked. The handler may take `answered: Answered`."""

    def __init__(self, *actions: Action) -> None:
        self._actions = actions

    async def __call__(self, _: TelegramObject, answered: Answered | None = None) -> bool:
        return answered is not None and answered.press.action in self._actions

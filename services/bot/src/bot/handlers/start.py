"""`/start`, `/menu`, `/help`."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.actions import Action
from bot.commands import COMMANDS
from bot.conversation import Conversation
from bot.filters import pressed, said
from bot.menu import menu


def router() -> Router:
    """Greetings, the menu and help."""
    made = Router(name="start")
    made.message.register(greet, said("start"))
    made.message.register(show_menu, said("menu"))
    made.callback_query.register(show_menu, pressed(Action.MENU))
    made.message.register(help_, said("help"))
    made.callback_query.register(nothing, pressed(Action.NOTHING))
    return made


async def greet(_: Message, talk: Conversation) -> None:
    """Who is new is told what the bot is for."""
    await talk.say(
        talk.text(
            "👋 <b>Pulse</b> tells you of every order, stock and review of your Wildberries shop within seconds.\n\n"
            "Connect a shop, or ask the owner of one for an invitation."
        ),
        menu(talk),
    )


async def show_menu(_: Message | CallbackQuery, talk: Conversation) -> None:
    """The main menu."""
    await talk.show(talk.text("What would you like to see?"), menu(talk))


async def help_(_: Message, talk: Conversation) -> None:
    """The commands, and where they work."""
    lines = [f"/{each.name} — {talk.text(each.does)}" for each in COMMANDS]
    if not talk.is_private:
        lines.append("\n" + talk.text("In groups name the bot: /menu@{bot}", bot=(await talk.bot.me()).username))
    await talk.say("\n".join(lines))


async def nothing(_: CallbackQuery, talk: Conversation) -> None:
    """A button that only shows something, such as the number of a page."""
    await talk.acknowledge()

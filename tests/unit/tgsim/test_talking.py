"""A person talks to a bot on a terminal."""

import asyncio
import io

import httpx
import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from tgsim import talking
from tgsim.running import running_tgsim
from tgsim.talking import talk


@pytest.fixture(autouse=True)
def soon_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talking, "QUIET_SECONDS", 0.4)
    monkeypatch.setattr(talking, "POLL_SECONDS", 0.05)


BUTTONS = InlineKeyboardMarkup(
    inline_keyboard=[
        [InlineKeyboardButton(text="Страница", url="https://example.com/")],
        [InlineKeyboardButton(text="Ещё", callback_data="more"), InlineKeyboardButton(text="Нет", callback_data="no")],
    ]
)


def dispatcher() -> Dispatcher:
    routes = Dispatcher()

    @routes.message(CommandStart())
    async def start(message: Message) -> None:
        await message.answer("Привет", reply_markup=BUTTONS)

    @routes.callback_query(F.data == "more")
    async def more(query: CallbackQuery) -> None:
        assert isinstance(query.message, Message)
        await query.message.edit_text("Ещё 1")
        await query.answer("Готово")

    @routes.message()
    async def echo(message: Message) -> None:
        await message.answer(f"Эхо: {message.text}")

    return routes


async def test_lines_are_said_numbers_press_and_edits_are_shown() -> None:
    async with running_tgsim(limits=None) as tgsim:
        server = TelegramAPIServer.from_base(tgsim.url)
        async with Bot(tgsim.token, session=AiohttpSession(api=server)) as bot:
            routes = dispatcher()
            polling = asyncio.create_task(routes.start_polling(bot, handle_signals=False, polling_timeout=1))
            said: list[str] = []
            with httpx.Client(base_url=tgsim.url) as control:
                lines = io.StringIO("1\nпривет\n9\n")
                await asyncio.to_thread(talk, control, 7, lines, said.append)
            await routes.stop_polling()
            await polling
    shown = "\n".join(said)
    assert "── bot ──\nПривет" in shown
    assert "[Страница ↗]" in shown
    assert "[1 Ещё] [2 Нет]" in shown
    assert "── ✎ edited ──\nЕщё 1" in shown
    assert "( Готово )" in shown
    assert "Эхо: привет" in shown
    # There is no ninth button: it is said.
    assert "Эхо: 9" in shown


async def test_quit_ends_and_a_refusal_is_shown() -> None:
    async with running_tgsim(limits=None) as tgsim:
        said: list[str] = []
        with httpx.Client(base_url=tgsim.url) as control:
            await asyncio.to_thread(talk, control, 0, io.StringIO("x\n/quit\nnever\n"), said.append, greeting=None)
    assert any(text.startswith("! ") for text in said)
    assert not any("never" in text for text in said)

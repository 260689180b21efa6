"""A person talks to a bot on a terminal."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import CommandStart
from aiogram.types import BufferedInputFile, CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from support.notifying import png
from tgsim import talking
from tgsim.running import running_tgsim
from tgsim.talking import lines_of, talk


@pytest.fixture(autouse=True)
def soon_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talking, "QUIET_SECONDS", 0.4)
    monkeypatch.setattr(talking, "POLL_SECONDS", 0.05)
    monkeypatch.setattr(talking, "ANSWER_SECONDS", 5)


PICTURE = png(3, 2)
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
        await query.message.edit_text("Ещё 1", reply_markup=BUTTONS)
        await query.answer("Готово")

    @routes.message(F.text == "фото")
    async def photo(message: Message) -> None:
        await message.answer_photo(BufferedInputFile(PICTURE, "a.png"), caption="Вот")
        await message.answer_document(BufferedInputFile(b"1;2", "товары.csv"))
        await message.delete()

    @routes.message()
    async def echo(message: Message) -> None:
        await message.answer(f"Эхо: {message.text}")

    return routes


@asynccontextmanager
async def talking_to_the_bot() -> AsyncIterator[tuple[httpx.Client, list[str]]]:
    """The control API of a tgsim whose bot listens, and what is going to be shown."""
    async with running_tgsim(limits=None) as tgsim:
        server = TelegramAPIServer.from_base(tgsim.url)
        async with Bot(tgsim.token, session=AiohttpSession(api=server)) as bot:
            routes = dispatcher()
            polling = asyncio.create_task(routes.start_polling(bot, handle_signals=False, polling_timeout=1))
            with httpx.Client(base_url=tgsim.url) as control:
                yield control, []
            await routes.stop_polling()
            await polling


async def test_lines_are_said_numbers_press_and_edits_are_shown() -> None:
    async with talking_to_the_bot() as (control, said):
        await asyncio.to_thread(talk, control, 7, ["1", "привет", "9", "/start", "[ Ещё ]"], said.append)
    shown = "\n".join(said)
    assert "── bot ──\nПривет" in shown
    assert "[Страница ↗]" in shown
    # A button keeps its number when its message is edited; those of another message have their own.
    assert shown.count("[1 Ещё] [2 Нет]") == 2
    assert shown.count("[3 Ещё] [4 Нет]") == 2
    assert shown.count("── ✎ edited ──\nЕщё 1") == 2
    assert "( Готово )" in shown
    assert "Эхо: привет" in shown
    # There is no ninth button: it is said.
    assert "Эхо: 9" in shown


def saved(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


async def test_pictures_and_files_are_saved_and_deletions_are_told(tmp_path: Path) -> None:
    async with talking_to_the_bot() as (control, said):
        await asyncio.to_thread(talk, control, 7, ["фото"], said.append, files=tmp_path)
    shown = "\n".join(said)
    kept = saved(tmp_path)
    picture = next(name for name in kept if name.endswith(".png"))
    assert kept == {picture: PICTURE, "товары.csv": b"1;2"}
    assert f"[picture 3×2: {tmp_path}/{picture}]\nВот" in shown
    assert f"[file товары.csv, 3 bytes: {tmp_path}/товары.csv]" in shown
    assert "( deleted: what you wrote )" in shown


async def test_it_ends_when_its_time_is_over_though_the_input_does_not() -> None:
    reads, writes = os.pipe()
    async with talking_to_the_bot() as (control, said):
        await asyncio.to_thread(talk, control, 7, lines_of(reads), said.append, is_typed=True, seconds=0.3)
    os.write(writes, b"never")
    os.close(writes)
    assert not any("never" in text for text in said)


async def test_quit_ends_and_a_refusal_is_shown() -> None:
    async with running_tgsim(limits=None) as tgsim:
        said: list[str] = []
        with httpx.Client(base_url=tgsim.url) as control:
            await asyncio.to_thread(talk, control, 0, ["x", "/quit", "never"], said.append, greeting=None)
    assert any(text.startswith("! ") for text in said)
    assert not any("never" in text for text in said)


def test_lines_come_whole_whatever_the_pieces() -> None:
    reads, writes = os.pipe()
    text = "привет\n/menu\nконец"
    for byte in text.encode():
        os.write(writes, bytes([byte]))
    os.close(writes)
    assert list(lines_of(reads)) == ["привет", "/menu", "конец"]
    os.close(reads)

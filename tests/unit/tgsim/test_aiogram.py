"""A small bot of aiogram, as it is published, against the simulator over real HTTP."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.filters import Command, CommandStart
from aiogram.methods import SendMessage
from aiogram.types import (
    BufferedInputFile,
    CallbackQuery,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
)
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web
from tgsim.running import RunningTgsim, running_tgsim

SECRET = "s3cret_-"
BUTTONS = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Ещё", callback_data="more")]])


def dispatcher() -> Dispatcher:
    """A bot that answers `/start` with a button, edits on its press, and sends files back."""
    routes = Dispatcher()

    @routes.message(CommandStart())
    async def start(message: Message) -> SendMessage:
        assert message.from_user
        return message.answer(f"Привет, {message.from_user.first_name}", reply_markup=BUTTONS)

    @routes.callback_query(F.data == "more")
    async def more(query: CallbackQuery) -> None:
        assert isinstance(query.message, Message)
        await query.message.edit_text("Ещё 1")
        await query.answer("Готово", show_alert=True)

    @routes.message(F.document)
    async def echo(message: Message, bot: Bot) -> None:
        assert message.document
        content = await bot.download(message.document)
        assert content
        await message.delete()
        await message.answer_document(BufferedInputFile(content.read(), "copy.csv"), caption="копия")

    @routes.message(Command("ask"))
    async def ask(message: Message) -> None:
        await message.answer("Какой?", reply_markup=ForceReply(input_field_placeholder="ключ"))
        keyboard = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Меню")]], resize_keyboard=True)
        await message.reply("Или так", reply_markup=keyboard)

    @routes.message(Command("photo"))
    async def photo(message: Message, bot: Bot, png: bytes) -> None:
        sent = await message.answer_photo(BufferedInputFile(png, "1.png"), caption="<b>1</b>", parse_mode="HTML")
        media = InputMediaPhoto(media=BufferedInputFile(png + b"\0", "2.png"), caption="2")
        await bot.edit_message_media(media, chat_id=message.chat.id, message_id=sent.message_id, reply_markup=BUTTONS)

    return routes


@pytest.fixture
async def tgsim() -> AsyncIterator[RunningTgsim]:
    async with running_tgsim(limits=None) as running:
        yield running


@asynccontextmanager
async def client(tgsim: RunningTgsim) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(tgsim.url))
    async with Bot(tgsim.token, session) as bot:
        yield bot


@asynccontextmanager
async def polling(tgsim: RunningTgsim, png: bytes) -> AsyncIterator[None]:
    routes = dispatcher()
    async with client(tgsim) as bot:
        running = asyncio.create_task(
            routes.start_polling(bot, handle_signals=False, close_bot_session=False, polling_timeout=30, png=png)
        )
        yield
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


@asynccontextmanager
async def webhook(tgsim: RunningTgsim, png: bytes) -> AsyncIterator[None]:
    async with client(tgsim) as bot:
        app = web.Application()
        SimpleRequestHandler(dispatcher(), bot, handle_in_background=False, secret_token=SECRET, png=png).register(
            app, "/hook"
        )
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        assert site._server
        port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]  # a Server has sockets
        assert await bot.set_webhook(f"http://127.0.0.1:{port}/hook", secret_token=SECRET)
        yield
        assert (await bot.get_webhook_info()).pending_update_count == 0
        await bot.delete_webhook()
        await runner.cleanup()


Running = Callable[[RunningTgsim, bytes], contextlib.AbstractAsyncContextManager[None]]


@pytest.mark.parametrize("running", [polling, webhook])
async def test_a_bot_talks_with_a_person(tgsim: RunningTgsim, running: Running, png: Callable[..., bytes]) -> None:
    async with running(tgsim, png()):
        said = tgsim.say(7, "/start", from_id={"id": 7, "first_name": "Анна", "username": "anna"})
        greeted = await tgsim.wait_for_reply(said)
        assert greeted["text"] == "Привет, Анна"

        pressed = tgsim.press(greeted, "Ещё")
        edited = await tgsim.wait_for_reply(pressed)
        assert (edited["message_id"], edited["text"], edited["buttons"]) == (greeted["message_id"], "Ещё 1", [])
        answer = await tgsim.wait_for_answer(pressed)
        assert (answer["text"], answer["show_alert"], answer["answers"]) == ("Готово", True, 1)

        sent = tgsim.say(7, document="a;б\n".encode(), document_name="list.csv")
        copied = await tgsim.wait_for_reply(sent)
        assert (copied["text"], copied["method"]) == ("копия", "sendDocument")
        assert [gone["message_id"] for gone in tgsim.deletions()] == [sent["message_id"]]

        asked = tgsim.say(7, "/ask")
        reply = await tgsim.wait_for_reply(asked, containing="Или так")
        assert reply["reply_to"] == asked["message_id"]
        assert reply["keyboard"]["keyboard"] == [[{"text": "Меню"}]]
        first, _ = tgsim.messages(since=asked["seq"])
        assert first["keyboard"] == {"force_reply": True, "input_field_placeholder": "ключ"}

        shown = await tgsim.wait_for_reply(tgsim.say(7, "/photo"), containing="2")
        assert shown["earlier_versions"][0]["photo"] != shown["photo"]
        assert shown["buttons"] == [[{"text": "Ещё", "callback_data": "more"}]]
        assert tgsim.stats()["refused"] == {}

"""Updates of a chat are handled in their order, those of chats beside one another, and each once."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from aiogram.types import CallbackQuery, Chat, Message, Update, User
from bot.incoming import Incoming
from bot.pace import Pace
from bot.remembered import Forgotten, Remembered

ANNA = User(id=7, is_bot=False, first_name="Анна")


def written(update_id: int, chat_id: int = 7) -> Update:
    chat = Chat(id=chat_id, type="private")
    message = Message(message_id=update_id, date=datetime.now(UTC), chat=chat, from_user=ANNA, text="x")
    return Update(update_id=update_id, message=message)


def pressed(update_id: int, data: str, user: User = ANNA) -> Update:
    message = Message(message_id=5, date=datetime.now(UTC), chat=Chat(id=7, type="private"))
    query = CallbackQuery(id=str(update_id), from_user=user, chat_instance="1", message=message, data=data)
    return Update(update_id=update_id, callback_query=query)


class Handler:
    """Holds each update until it is let go."""

    def __init__(self) -> None:
        self.began: list[int] = []
        self.done: list[int] = []
        self.gate = asyncio.Event()

    async def __call__(self, update: Update) -> None:
        self.began.append(update.update_id)
        await self.gate.wait()
        if update.update_id == 13:
            raise RuntimeError("this one is odd")
        self.done.append(update.update_id)


async def test_order_within_a_chat_and_none_between_chats_and_a_failure_stops_nothing() -> None:
    handler = Handler()
    incoming = Incoming(handler)
    for update in (written(1), written(13), written(2), written(3, chat_id=8)):
        assert incoming.take(update) == "taken"
    for _ in range(5):
        await asyncio.sleep(0)
    assert sorted(handler.began) == [1, 3]
    handler.gate.set()
    await incoming.stop()
    assert handler.began[-2:] == [13, 2]
    assert sorted(handler.done) == [1, 2, 3]


async def test_an_update_that_comes_again_and_a_second_press_are_handled_once() -> None:
    handler = Handler()
    incoming = Incoming(handler)
    assert incoming.take(written(1)) == "taken"
    assert incoming.take(written(1)) == "repeated"
    assert incoming.take(pressed(2, "buy")) == "taken"
    assert incoming.take(pressed(3, "buy")) == "repeated"
    assert incoming.take(pressed(4, "sell")) == "taken"
    assert incoming.take(pressed(5, "buy", User(id=8, is_bot=False, first_name="Борис"))) == "taken"
    handler.gate.set()
    await incoming.stop()
    assert handler.done == [1, 2, 4, 5]
    # It was handled: now it is another press.
    assert incoming.take(pressed(6, "buy")) == "taken"
    await incoming.stop()


async def test_more_than_there_is_room_for_is_not_taken_until_there_is() -> None:
    handler = Handler()
    incoming = Incoming(handler, most_waiting=2)
    assert [incoming.take(written(n, chat_id=n)) for n in (1, 2, 3)] == ["taken", "taken", "full"]
    waiting = asyncio.create_task(incoming.room())
    await asyncio.sleep(0)
    assert not waiting.done()
    handler.gate.set()
    await waiting
    assert incoming.take(written(3, chat_id=3)) == "taken"
    await incoming.stop()
    assert sorted(handler.done) == [1, 2, 3]


def test_a_person_who_is_too_fast_is_told_once_and_harms_nobody() -> None:
    now = 0.0
    pace = Pace(at_once=3, per_second=1, now=lambda: now)
    assert [pace.admits(7) for _ in range(5)] == [True, True, True, False, False]
    assert [pace.tell(7), pace.tell(7), pace.tell(8)] == [True, False, False]
    assert pace.admits(8)
    now = 2.0
    assert [pace.admits(7) for _ in range(3)] == [True, True, False]
    assert pace.tell(7)


def test_what_is_kept_too_long_is_forgotten() -> None:
    remembered = Remembered(most=2)
    keys: Any = [remembered.keep(text) for text in "abc"]
    assert [remembered.text(key) for key in keys[1:]] == ["b", "c"]
    with pytest.raises(Forgotten):
        remembered.text(keys[0])

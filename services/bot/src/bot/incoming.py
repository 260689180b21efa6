"""Updates on their way to their handlers: those of a chat one after the other, those of chats beside one another."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from typing import Literal

import structlog
from aiogram.types import Update
from servicekit.background import cancelled

from bot.metrics import UPDATES

log = structlog.get_logger()

MOST_WAITING = 2_000
AT_ONCE = 64
MOST_KNOWN = 20_000
STOP_SECONDS = 15.0

Taken = Literal["taken", "repeated", "full"]
Handle = Callable[[Update], Awaitable[None]]


class Incoming:
    """What was received and is not handled yet."""

    def __init__(self, handle: Handle, *, most_waiting: int = MOST_WAITING, at_once: int = AT_ONCE) -> None:
        self._handle = handle
        self._most_waiting = most_waiting
        self._slots = asyncio.Semaphore(at_once)
        self._chats: dict[int, deque[Update]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._known: OrderedDict[int, None] = OrderedDict()
        self._pressed: set[tuple[int, int, str]] = set()
        self._room = asyncio.Event()
        self._room.set()

    def take(self, update: Update) -> Taken:
        """Have an update handled. One that came before, or a button pressed again while it is being handled, is not."""
        if self._waiting >= self._most_waiting:
            return "full"
        pressed = _pressed(update)
        if update.update_id in self._known or (pressed and pressed in self._pressed):
            UPDATES.labels("repeated").inc()
            return "repeated"
        self._known[update.update_id] = None
        if len(self._known) > MOST_KNOWN:
            self._known.popitem(last=False)
        if pressed:
            self._pressed.add(pressed)
        self._waiting += 1
        if self._waiting >= self._most_waiting:
            self._room.clear()
        chat = _chat(update)
        if (line := self._chats.get(chat)) is not None:
            line.append(update)
        else:
            self._chats[chat] = deque([update])
            task = asyncio.create_task(self._work_off(chat))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return "taken"

    async def room(self) -> None:
        """Wait until an update can be taken."""
        await self._room.wait()

    async def stop(self) -> None:
        """Handle what was taken, for 15 s at most."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        await cancelled(list(self._tasks))

    async def _work_off(self, chat: int) -> None:
        line = self._chats[chat]
        try:
            while line:
                update = line.popleft()
                try:
                    async with self._slots:
                        await self._handle(update)
                except Exception:
                    UPDATES.labels("failed").inc()
                    log.exception("update.failed", update_id=update.update_id)
                finally:
                    self._waiting -= 1
                    self._room.set()
                    if pressed := _pressed(update):
                        self._pressed.discard(pressed)
        finally:
            del self._chats[chat]


def _chat(update: Update) -> int:
    if update.message:
        return update.message.chat.id
    if update.callback_query and update.callback_query.message:
        return update.callback_query.message.chat.id
    return update.my_chat_member.chat.id if update.my_chat_member else 0


def _pressed(update: Update) -> tuple[int, int, str] | None:
    """Who pressed what, where; one person's second press of it is one of these already."""
    query = update.callback_query
    if query is None or query.message is None or query.data is None:
        return None
    return query.from_user.id, query.message.message_id, query.data

"""All a running simulator holds."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tgsim.callbacks import Callbacks
from tgsim.chats import Chats
from tgsim.config import Config
from tgsim.faults import Faults
from tgsim.files import Documents, FileBytes
from tgsim.flood import Flood
from tgsim.inbox import Inbox
from tgsim.photos import Photo, Photos, mime_type
from tgsim.printing import Printer
from tgsim.updates import Updates
from tgsim.webhook_delivery import Delivery
from tgsim.webhooks import Webhooks


@dataclass
class Bot:
    """One token's own limits, files, updates and commands (by scope and language)."""

    bot_id: int
    flood: Flood
    photos: Photos
    documents: Documents
    updates: Updates
    delivery: Delivery
    name: str
    reads_all_group_messages: bool
    callbacks: Callbacks = field(default_factory=Callbacks)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)

    @property
    def username(self) -> str:
        """The name that follows @."""
        return f"tgsim_{self.bot_id}_bot"

    def owns(self, digest: str) -> bool:
        """Whether a file with this digest came to the bot or was sent by it."""
        return self.photos.has(digest) or self.documents.has(digest)

    def as_user(self) -> dict[str, Any]:
        """The bot as Telegram's User object."""
        return {"id": self.bot_id, "is_bot": True, "first_name": self.name, "username": self.username}


@dataclass
class Sim:
    """The parts, and what has been counted: accepted messages by method, refusals by code, faults by kind."""

    config: Config
    bots: dict[str, Bot]
    chats: Chats
    inbox: Inbox
    printer: Printer
    webhooks: Webhooks
    contents: FileBytes
    people: dict[int, dict[str, Any]] = field(default_factory=dict)  # Telegram's User by id
    faults: Faults = field(default_factory=Faults)
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    faulted: Counter[str] = field(default_factory=Counter)

    def stats(self) -> dict[str, Any]:
        """Totals since the start."""
        return {
            "accepted": self.accepted.total(),
            "accepted_by_method": dict(self.accepted),
            "refused": dict(self.refused),
            "faults": dict(self.faulted),
            "early_sends": sum(bot.flood.early_sends for bot in self.bots.values()),
        }

    def file(self, file_id: str) -> tuple[str, bytes] | None:
        """A name for a photo or document of any bot, and its bytes if they are kept still."""
        for bot in self.bots.values():
            found = bot.photos.find(file_id) or bot.documents.find(file_id)
            content = None if found is None else self.contents.get(found.file_unique_id)
            if found is not None and content is not None:
                if isinstance(found, Photo):
                    return f"{found.file_unique_id}.{mime_type(content).removeprefix('image/')}", content
                return found.file_name, content
        return None

    async def close(self) -> None:
        """Stop deliveries and answer who polls."""
        for bot in self.bots.values():
            bot.updates.end_poll("the end of the simulator")
            await bot.delivery.stop()


def new_sim(config: Config, execute: Callable[[str, str, bytes], Awaitable[None]]) -> Sim:
    """An empty simulator; `execute` runs what a webhook answered: a bot's token, the content type and the body."""
    contents = FileBytes(config.keep_file_bytes)
    return Sim(
        config=config,
        bots={token: _new_bot(config, token, contents, execute) for token in config.tokens},
        chats=Chats(config.chats),
        inbox=Inbox(config.keep_messages),
        printer=Printer(config.print_mode, config.clock),
        webhooks=Webhooks(config.keep_messages),
        contents=contents,
    )


def _new_bot(
    config: Config, token: str, contents: FileBytes, execute: Callable[[str, str, bytes], Awaitable[None]]
) -> Bot:
    async def execute_for_bot(content_type: str, body: bytes) -> None:
        await execute(token, content_type, body)

    updates = Updates(config.wall_clock, config.keep_messages)
    return Bot(
        bot_id=int(token.partition(":")[0]),
        flood=Flood(config.limits, config.clock),
        photos=Photos(contents),
        documents=Documents(contents),
        updates=updates,
        delivery=Delivery(updates, config.wall_clock, execute_for_bot),
        name=config.bot_name,
        reads_all_group_messages=config.reads_all_group_messages,
    )

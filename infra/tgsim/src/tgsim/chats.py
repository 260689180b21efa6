"""Chats: which exist, of what kind, who is in them, which topics they have, where they moved to."""

from dataclasses import dataclass, field
from typing import Any

from tgsim.errors import Refusal, bad_request

CHAT_STATES = ("ok", "blocked", "unknown")
KINDS = ("private", "group", "supergroup")
# Ids of supergroups start there; a smaller negative number is a basic group's.
_FIRST_SUPERGROUP = -1_000_000_000_000


@dataclass
class Topic:
    """A topic of a forum; its id is that of the service message that opened it."""

    thread_id: int
    name: str
    is_closed: bool = False


@dataclass
class Chat:
    """One chat as the bot meets it; `members` are statuses of people by id, `bot_status` the bot's own."""

    chat_id: int
    kind: str
    state: str = "ok"
    title: str = ""
    is_forum: bool = False
    bot_status: str = "member"
    members: dict[int, str] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    migrated_to: int | None = None

    def __post_init__(self) -> None:
        self.title = self.title or ("" if self.kind == "private" else f"Chat {self.chat_id}")


class Chats:
    """All chats; one that nobody described is made on first use (every id but zero, unless a list is given)."""

    def __init__(self, listed: frozenset[int] | None) -> None:
        self._default = "ok" if listed is None else "unknown"
        self._chats = {chat_id: Chat(chat_id, kind_of(chat_id)) for chat_id in listed or ()}

    def get(self, chat_id: int) -> Chat:
        """The chat, whatever its state."""
        chat = self._chats.get(chat_id)
        if chat is None:
            chat = Chat(chat_id, kind_of(chat_id), self._default if chat_id else "unknown")
            self._chats[chat_id] = chat
        return chat

    def set(
        self,
        chat_id: int,
        state: str | None = None,
        *,
        kind: str | None = None,
        title: str | None = None,
        is_forum: bool | None = None,
    ) -> Chat:
        """Change what is given of a chat, without telling the bot; raises ValueError."""
        chat = self.get(chat_id)
        if (state, kind, title, is_forum) == (None,) * 4:
            raise ValueError("nothing is said of the chat")
        if state is not None and state not in CHAT_STATES:
            raise ValueError(f"state must be one of {', '.join(CHAT_STATES)}")
        if kind is not None and (kind not in KINDS or (kind == "private") != (chat_id > 0)):
            raise ValueError(
                f"type must be one of {', '.join(KINDS)}; private chats have positive ids, others negative"
            )
        becomes = kind or chat.kind
        if is_forum and becomes != "supergroup":
            raise ValueError("only a supergroup has topics")
        chat.kind = becomes
        chat.state = state or (chat.state if chat.state != "unknown" else "ok")
        chat.title = chat.title if title is None else title
        chat.is_forum = chat.is_forum if is_forum is None else is_forum
        return chat

    def check(self, chat_id: int | None) -> int:
        """The id if a bot may write there; raises Refusal."""
        chat = self._chats.get(chat_id) if chat_id else None
        state = (self._default if chat_id else "unknown") if chat is None else chat.state
        if chat_id is None or state == "unknown":
            raise bad_request("chat not found")
        if state == "blocked":
            raise Refusal(403, f"Forbidden: {_why_closed(chat_id)}")
        if chat is not None and chat.migrated_to is not None:
            raise Refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=chat.migrated_to,
            )
        if chat is not None and chat.bot_status in ("left", "kicked"):
            where = "supergroup" if chat.kind == "supergroup" else "group"
            did = "is not a member of" if chat.bot_status == "left" else "was kicked from"
            raise Refusal(403, f"Forbidden: bot {did} the {where} chat")
        return chat_id

    def check_thread(self, chat_id: int, thread_id: int | None) -> int | None:
        """The topic's id if a bot may write there; raises Refusal."""
        if thread_id is None:
            return None
        topic = self.get(chat_id).topics.get(thread_id)
        if topic is None:
            raise bad_request("message thread not found")
        if topic.is_closed and self.get(chat_id).bot_status != "administrator":
            raise bad_request("TOPIC_CLOSED")
        return thread_id


def kind_of(chat_id: int) -> str:
    """What an id says of its chat."""
    if chat_id > 0:
        return "private"
    return "supergroup" if chat_id < _FIRST_SUPERGROUP else "group"


def chat_object(chat: Chat, person: dict[str, Any] | None = None) -> dict[str, Any]:
    """Telegram's Chat; `person` is whom a private chat is with."""
    shown: dict[str, Any] = {"id": chat.chat_id, "type": chat.kind}
    if chat.kind != "private":
        shown["title"] = chat.title
    elif person is not None:
        shown |= {name: person[name] for name in ("first_name", "last_name", "username") if name in person}
    if chat.is_forum:
        shown["is_forum"] = True
    return shown


def _why_closed(chat_id: int) -> str:
    if chat_id > 0:
        return "bot was blocked by the user"
    where = "group" if kind_of(chat_id) == "group" else "supergroup"
    return f"bot was kicked from the {where} chat"

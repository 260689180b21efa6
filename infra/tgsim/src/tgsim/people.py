"""What people do in chats with a bot: write, press, block, invite, promote. Each act makes its updates."""

import re
import secrets
from typing import Any

from tgsim.callbacks import Callback
from tgsim.chats import Chat, Topic, chat_object
from tgsim.entities import Formatted, utf16_length
from tgsim.inbox import Media, Message, Receipt
from tgsim.members import STATUSES, member_object
from tgsim.params import Upload
from tgsim.state import Bot, Sim
from tgsim.telegram_objects import message_object
from tgsim.topics import open_topic

_USER_FIELDS = {"id", "first_name", "last_name", "username", "language_code", "is_premium"}
_ENTITIES = re.compile(
    r"(?P<bot_command>(?<![\w/@])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?(?![\w/]))"
    r"|(?P<mention>(?<![\w@])@[A-Za-z]\w{2,31})"
    r"|(?P<url>https?://[^\s]+)"
)


def person(sim: Sim, given: int | dict[str, Any]) -> dict[str, Any]:
    """Telegram's User of a person, remembered under its id; `given` is the id or User's fields; raises ValueError."""
    fields = {"id": given} if isinstance(given, int) else given
    if not isinstance(fields.get("id"), int) or fields["id"] <= 0:
        raise ValueError("a person has a positive id")
    if unknown := sorted(fields.keys() - _USER_FIELDS):
        raise ValueError(f"a person has no {unknown[0]!r}")
    known = sim.people.get(fields["id"], {"first_name": f"User {fields['id']}", "language_code": "ru"})
    user = {"id": fields["id"], "is_bot": False, **{k: v for k, v in (known | fields).items() if k != "id"}}
    sim.people[user["id"]] = user
    return user


def say(
    sim: Sim, bot: Bot, chat_id: int, given: int | dict[str, Any], text: str = "", *,
    photo: bytes | None = None, document: Upload | None = None,
    reply_to: int | None = None, thread_id: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """A person writes; `update_id` in the answer is None when the bot does not get to see it.

    Writing in a private chat unblocks the bot. Raises ValueError where a person could not write this.
    """
    user, chat = person(sim, given), _open_chat(sim, chat_id)
    if chat.kind == "private" and chat_id != user["id"]:
        raise ValueError("a private chat has the id of its person")
    if thread_id is not None and (thread_id not in chat.topics or chat.topics[thread_id].is_closed):
        raise ValueError("the topic does not exist, or is closed")
    replied = None if reply_to is None else sim.inbox.find(bot.bot_id, chat_id, reply_to)
    if reply_to is not None and replied is None:
        raise ValueError("the message to reply to does not exist")
    if not (text or photo or document):
        raise ValueError("a message has a text, a photo or a document")
    if chat.kind == "private" and chat.state == "blocked":
        set_blocked(sim, bot, chat_id, False)
    if chat.kind != "private":
        chat.members.setdefault(user["id"], "member")
    message = sim.inbox.add(
        bot_id=bot.bot_id, chat_id=chat_id, receipt=_now(sim), sender=user, reply_to=reply_to, thread_id=thread_id,
        content=Formatted(text, _entities(text)), media=_media(bot, photo, document),
    )  # fmt: skip
    return _told(sim, bot, message, is_for_bot=_is_for_bot(bot, chat, message, replied))


def press(
    sim: Sim, bot: Bot, chat_id: int, message_id: int, given: int | dict[str, Any], button: str
) -> dict[str, Any]:
    """A person presses a button, named by its text or its callback_data; raises ValueError when there is none."""
    user = person(sim, given)
    message = sim.inbox.find(bot.bot_id, chat_id, message_id)
    if message is None:
        raise ValueError("there is no such message")
    buttons = [b for row in message.current.buttons for b in row]
    found = next((b for b in buttons if button in (b["text"], b.get("callback_data"))), None)
    if found is None:
        raise ValueError(f"the message has no button {button!r}, but {[b['text'] for b in buttons]}")
    if "callback_data" not in found:
        raise ValueError(f"the button {button!r} opens {found['url']}: the bot is not told")
    callback = Callback(
        str(secrets.randbits(62)), chat_id, message_id, user["id"], found["callback_data"], sim.config.wall_clock()
    )
    bot.callbacks.add(callback, sim.config.keep_messages)
    content = {
        "id": callback.callback_query_id,
        "from": user,
        "message": message_object(sim, bot, message),
        "chat_instance": str(chat_id),
        "data": callback.data,
    }
    update_id = bot.updates.push("callback_query", content, chat_id)
    return {"callback_query_id": callback.callback_query_id, "update_id": update_id} | _where(sim, message)


def set_blocked(sim: Sim, bot: Bot, chat_id: int, is_blocked: bool) -> dict[str, Any]:
    """A person blocks or unblocks the bot; raises ValueError when the chat is a group."""
    chat = _open_chat(sim, chat_id)
    if chat.kind != "private":
        raise ValueError("a group does not block: use leave")
    was = "kicked" if chat.state == "blocked" else "member"
    chat.state = "blocked" if is_blocked else "ok"
    return _bot_status_told(sim, bot, chat, person(sim, chat_id), was, "kicked" if is_blocked else "member")


def set_status(
    sim: Sim, bot: Bot, chat_id: int, status: str, by: int | dict[str, Any], member: int | dict[str, Any] | None = None
) -> dict[str, Any]:
    """Somebody (`by`) gives the bot, or a member, a status in a group; raises ValueError."""
    chat, doer = _open_chat(sim, chat_id), person(sim, by)
    if chat.kind == "private" or status not in STATUSES:
        raise ValueError(f"only in groups, and status must be one of {', '.join(STATUSES)}")
    if member is None:
        was, chat.bot_status = chat.bot_status, status
        _tell_of_change(sim, bot, chat, doer, bot.as_user(), was, status)
        return _bot_status_told(sim, bot, chat, doer, was, status)
    user = person(sim, member)
    was = chat.members.get(user["id"], "left")
    chat.members[user["id"]] = status
    _tell_of_change(sim, bot, chat, doer, user, was, status)
    content = _change(sim, chat, doer, member_object(user, was), member_object(user, status))
    leads = chat.bot_status == "administrator"
    return {"update_id": bot.updates.push("chat_member", content, chat_id) if leads else None}


def migrate(sim: Sim, bot: Bot, chat_id: int, to_chat_id: int | None, by: int | dict[str, Any]) -> dict[str, Any]:
    """A group becomes a supergroup with another id; both chats say so; raises ValueError."""
    old, doer = _open_chat(sim, chat_id), person(sim, by)
    if old.kind != "group" or old.migrated_to is not None:
        raise ValueError("only a group that has not moved can move")
    new_id = to_chat_id or -1_000_000_000_000 - abs(chat_id)
    new = sim.chats.set(new_id, "ok", kind="supergroup", title=old.title)
    new.members, new.bot_status = dict(old.members), old.bot_status
    old.migrated_to = new_id
    for place, service in ((chat_id, {"migrate_to_chat_id": new_id}), (new_id, {"migrate_from_chat_id": chat_id})):
        _service(sim, bot, place, doer, service)
    return {"migrate_to_chat_id": new_id}


def open_topic_as(sim: Sim, bot: Bot, chat_id: int, by: int | dict[str, Any], name: str) -> Topic:
    """A person opens a topic; raises ValueError when the chat is no forum."""
    chat, doer = _open_chat(sim, chat_id), person(sim, by)
    if not chat.is_forum or not name:
        raise ValueError("the chat is no forum, or the topic has no name")
    topic, message = open_topic(sim, bot, chat, name, _now(sim), doer)
    _told(sim, bot, message, is_for_bot=True)
    return topic


def _open_chat(sim: Sim, chat_id: int) -> Chat:
    chat = sim.chats.get(chat_id)
    if chat.state == "unknown":
        sim.chats.set(chat_id, "ok")
    if chat.migrated_to is not None:
        raise ValueError(f"the group has moved to {chat.migrated_to}")
    return chat


def _is_for_bot(bot: Bot, chat: Chat, message: Message, replied: Message | None) -> bool:
    """Privacy mode: in a group a bot sees commands, what names it, and replies to it."""
    if chat.kind == "private":
        return True
    if chat.bot_status in ("left", "kicked"):
        return False
    if bot.reads_all_group_messages or chat.bot_status == "administrator":
        return True
    text = message.current.content.text
    words = [text[e["start"] : e["end"]] for e in _found(text) if e["type"] in ("bot_command", "mention")]
    named = f"@{bot.username}".lower()
    for_bot = any(word.lower().endswith(named) or (word[0] == "/" and "@" not in word) for word in words)
    return for_bot or (replied is not None and replied.sender is None)


def _found(text: str) -> list[dict[str, Any]]:
    return [{"type": match.lastgroup, "start": match.start(), "end": match.end()} for match in _ENTITIES.finditer(text)]


def _entities(text: str) -> list[dict[str, Any]]:
    return [
        {
            "type": found["type"],
            "offset": utf16_length(text[: found["start"]]),
            "length": utf16_length(text[found["start"] : found["end"]]),
        }
        for found in _found(text)
    ]


def _media(bot: Bot, photo: bytes | None, document: Upload | None) -> Media | None:
    if photo is not None:
        return Media("photo", bot.photos.upload(photo).file_id)
    return None if document is None else Media("document", bot.documents.upload(document).file_id)


def _now(sim: Sim) -> Receipt:
    return Receipt("person", sim.config.wall_clock(), None)


def _where(sim: Sim, message: Message) -> dict[str, Any]:
    return {"chat_id": message.chat_id, "message_id": message.message_id, "seq": sim.inbox.last_seq}


def _told(sim: Sim, bot: Bot, message: Message, *, is_for_bot: bool) -> dict[str, Any]:
    content = message_object(sim, bot, message)
    update_id = bot.updates.push("message", content, message.chat_id) if is_for_bot else None
    return {"update_id": update_id} | _where(sim, message)


def _service(sim: Sim, bot: Bot, chat_id: int, doer: dict[str, Any], service: dict[str, Any]) -> dict[str, Any]:
    message = sim.inbox.add(
        bot_id=bot.bot_id, chat_id=chat_id, receipt=_now(sim), content=Formatted(""), sender=doer, service=service
    )
    is_in = sim.chats.get(chat_id).bot_status not in ("left", "kicked")
    return _told(sim, bot, message, is_for_bot=is_in)


def _tell_of_change(
    sim: Sim, bot: Bot, chat: Chat, doer: dict[str, Any], user: dict[str, Any], was: str, becomes: str
) -> None:
    """The service message that a group shows of one who came or went."""
    was_in, is_in = (status not in ("left", "kicked") for status in (was, becomes))
    if was_in != is_in:
        service = {"new_chat_members": [user]} if is_in else {"left_chat_member": user}
        _service(sim, bot, chat.chat_id, doer, service)


def _change(sim: Sim, chat: Chat, doer: dict[str, Any], was: dict[str, Any], becomes: dict[str, Any]) -> dict[str, Any]:
    shown = chat_object(chat, sim.people.get(chat.chat_id))
    return {
        "chat": shown,
        "from": doer,
        "date": int(sim.config.wall_clock()),
        "old_chat_member": was,
        "new_chat_member": becomes,
    }


def _bot_status_told(sim: Sim, bot: Bot, chat: Chat, doer: dict[str, Any], was: str, becomes: str) -> dict[str, Any]:
    user = bot.as_user()
    content = _change(sim, chat, doer, member_object(user, was), member_object(user, becomes))
    return {"update_id": bot.updates.push("my_chat_member", content, chat.chat_id)}

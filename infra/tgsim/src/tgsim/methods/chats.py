"""Methods about chats: who is in them, what is pinned, topics, leaving."""

from typing import Any

from tgsim.chats import Chat, chat_object
from tgsim.errors import Refusal, bad_request
from tgsim.inbox import Receipt
from tgsim.members import member_object
from tgsim.methods import checks
from tgsim.params import Params
from tgsim.state import Bot, Sim
from tgsim.telegram_objects import message_object
from tgsim.topics import ICON_COLOR, open_topic

MAX_TOPIC_NAME = 128


def get_chat(sim: Sim, bot: Bot, params: Params, _receipt: Receipt) -> dict[str, Any]:
    """Telegram's ChatFullInfo."""
    chat = _chat(sim, params)
    info = chat_object(chat, sim.people.get(chat.chat_id)) | {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(
            ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
        ),
    }
    pinned = [m for i in chat.pinned if (m := sim.inbox.find(bot.bot_id, chat.chat_id, i))]
    return info | {"pinned_message": message_object(sim, bot, pinned[-1])} if pinned else info


def get_chat_member(sim: Sim, bot: Bot, params: Params, _receipt: Receipt) -> dict[str, Any]:
    """Telegram's ChatMember of a person or of the bot."""
    chat, user_id = _chat(sim, params), params.integer("user_id")
    if user_id == bot.bot_id:
        return member_object(bot.as_user(), chat.bot_status)
    known = user_id in chat.members or user_id == chat.chat_id
    if user_id is None or (user_id not in sim.people and not known):
        raise bad_request("invalid user_id specified" if user_id is None else "PARTICIPANT_ID_INVALID")
    person = sim.people.get(user_id, {"id": user_id, "is_bot": False, "first_name": f"User {user_id}"})
    return member_object(person, chat.members.get(user_id, "member" if user_id == chat.chat_id else "left"))


def get_chat_administrators(sim: Sim, bot: Bot, params: Params, _receipt: Receipt) -> list[dict[str, Any]]:
    """ChatMembers of those who lead a group, the bot too where it does; not in a private chat."""
    chat = _chat(sim, params)
    if chat.kind == "private":
        raise bad_request("there are no administrators in the private chat")
    leading = [
        member_object(sim.people[user_id], status)
        for user_id, status in chat.members.items()
        if status in ("creator", "administrator")
    ]
    if chat.bot_status == "administrator":
        leading.append(member_object(bot.as_user(), "administrator"))
    return leading


def get_chat_member_count(sim: Sim, _bot: Bot, params: Params, _receipt: Receipt) -> int:
    """How many are in a chat, the bot among them."""
    chat = _chat(sim, params)
    if chat.kind == "private":
        return 2
    return 1 + sum(status not in ("left", "kicked") for status in chat.members.values())


def pin_chat_message(sim: Sim, bot: Bot, params: Params, _receipt: Receipt) -> bool:
    """Pin a message; in a group only an administrator may."""
    chat = _led_chat(sim, params, "manage pinned messages in the chat")
    message = sim.inbox.find(bot.bot_id, chat.chat_id, params.integer("message_id") or 0)
    if message is None:
        raise bad_request("message to pin not found")
    chat.pinned = [i for i in chat.pinned if i != message.message_id] + [message.message_id]
    return True


def unpin_chat_message(sim: Sim, _bot: Bot, params: Params, _receipt: Receipt) -> bool:
    """Unpin a message, without an id the newest pinned."""
    chat = _led_chat(sim, params, "manage pinned messages in the chat")
    message_id = params.integer("message_id") or (chat.pinned[-1] if chat.pinned else None)
    if message_id not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(message_id)
    return True


def leave_chat(sim: Sim, _bot: Bot, params: Params, _receipt: Receipt) -> bool:
    """Leave a group; what is sent there afterwards is refused."""
    chat = _chat(sim, params)
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.bot_status = "left"
    return True


def set_message_reaction(sim: Sim, bot: Bot, params: Params, _receipt: Receipt) -> bool:
    """Put an emoji under a message, or take it away."""
    chat = _chat(sim, params)
    message = sim.inbox.find(bot.bot_id, chat.chat_id, params.integer("message_id") or 0)
    if message is None:
        raise bad_request("message to react not found")
    reactions = params.json("reaction") or []
    if not isinstance(reactions, list) or any(r.get("type") != "emoji" for r in reactions):
        raise bad_request("only reactions of type emoji are faked: others are not faked")
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    message.reaction = str(reactions[0]["emoji"]) if reactions else None
    sim.inbox.changed.set()
    return True


def create_forum_topic(sim: Sim, bot: Bot, params: Params, receipt: Receipt) -> dict[str, Any]:
    """Open a topic; answers ForumTopic."""
    chat, name = _forum(sim, params), params.text("name").strip()
    if not 1 <= len(name) <= MAX_TOPIC_NAME:
        raise bad_request("TOPIC_TITLE_EMPTY" if not name else "TOPIC_TITLE_TOO_LONG")
    checks.admit(bot, chat.chat_id)
    topic, _ = open_topic(sim, bot, chat, name, receipt)
    return {"message_thread_id": topic.thread_id, "name": topic.name, "icon_color": ICON_COLOR}


def close_forum_topic(sim: Sim, _bot: Bot, params: Params, _receipt: Receipt) -> bool:
    """Close a topic: people, and bots that do not lead the group, can no longer write there."""
    return _set_closed(sim, params, True)


def reopen_forum_topic(sim: Sim, _bot: Bot, params: Params, _receipt: Receipt) -> bool:
    """Open a closed topic again."""
    return _set_closed(sim, params, False)


def _set_closed(sim: Sim, params: Params, closed: bool) -> bool:
    topic = _forum(sim, params).topics.get(params.integer("message_thread_id") or 0)
    if topic is None:
        raise bad_request("message thread not found")
    if topic.is_closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.is_closed = closed
    return True


def _chat(sim: Sim, params: Params) -> Chat:
    return sim.chats.get(checks.writable_chat(sim, params))


def _led_chat(sim: Sim, params: Params, to_do: str) -> Chat:
    chat = _chat(sim, params)
    if chat.kind != "private" and chat.bot_status != "administrator":
        raise Refusal(400, f"Bad Request: not enough rights to {to_do}")
    return chat


def _forum(sim: Sim, params: Params) -> Chat:
    chat = _chat(sim, params)
    if not chat.is_forum:
        raise bad_request("the chat is not a forum")
    return _led_chat(sim, params, "create a topic")

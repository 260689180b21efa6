"""Topics of a forum, opened by a bot or a person."""

from typing import Any

from tgsim.chats import Chat, Topic
from tgsim.entities import Formatted
from tgsim.inbox import Message, Receipt
from tgsim.state import Bot, Sim

ICON_COLOR = 0x6FB9F0


def open_topic(
    sim: Sim, bot: Bot, chat: Chat, name: str, receipt: Receipt, sender: dict[str, Any] | None = None
) -> tuple[Topic, Message]:
    """Add a topic, and the service message whose id it bears."""
    message = sim.inbox.add(
        bot_id=bot.bot_id, chat_id=chat.chat_id, receipt=receipt, content=Formatted(""), sender=sender,
        service={"forum_topic_created": {"name": name, "icon_color": ICON_COLOR}},
    )  # fmt: skip
    message.thread_id = message.message_id
    topic = Topic(message.message_id, name)
    chat.topics[topic.thread_id] = topic
    return topic, message

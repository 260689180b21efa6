"""Somebody left a cabinet. Told by the handler of `members.changed`."""

from notifier.messages.kind import Kind
from notifier.messages.message import About, Message
from notifier.messages.notice import notice
from notifier.messages.team import Members


def write(told: Members, about: About) -> Message:
    language, text = about.language, about.language.text
    lines = [
        text("Telegram: {ids}", ids=told.shown),
        language.plural("{n} member now", "{n} members now", told.members),
    ]
    return notice(f"🚪 {text('A member left the shop')}", lines, about)


def preview() -> tuple[Members, ...]:
    return (Members(telegram_ids=(123456789,), members=3),)


KIND = Kind("member_left", Members, write, preview)

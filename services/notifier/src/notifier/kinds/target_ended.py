"""A chat, an address or a device of a user takes nothing any more. Told to him alone, by whoever finds it out."""

from dataclasses import replace

from contracts.model import Model
from servicekit.text import name
from servicekit.translation import msgid

from notifier.messages.kind import Kind
from notifier.messages.message import About, Message
from notifier.messages.notice import notice

LABEL_UNITS = 60

CHANNELS = {
    "telegram": msgid("Telegram group"),
    "email": msgid("E-mail"),
    "webpush": msgid("Browser"),
    "firebase": msgid("Device"),
}


class EndedTarget(Model):
    """Where it was told, and what its user calls it."""

    channel: str
    label: str | None = None


def write(told: EndedTarget, about: About) -> Message:
    text = about.language.text
    where = text(CHANNELS[told.channel]) if told.channel in CHANNELS else name(told.channel, LABEL_UNITS)
    named = name(told.label, LABEL_UNITS)
    lines = [f"{where}: {named}" if named else where, text("Nothing is sent there any more. Enter it again to go on.")]
    # It may be told of several shops: none of them is named.
    return notice(f"📵 {text('A target takes nothing any more')}", lines, replace(about, shop_name=None))


def preview() -> tuple[EndedTarget, ...]:
    return (EndedTarget(channel="webpush", label="Chrome на ноутбуке"),)


KIND = Kind("target_ended", EndedTarget, write, preview)

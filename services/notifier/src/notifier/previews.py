"""What each kind of message looks like: its invented payloads, rendered; the page of them all is docs/messages.md."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

from contracts.message_kinds import KINDS as KNOWN
from contracts.message_kinds import KnownKind
from servicekit.text import text_units
from servicekit.translation import Code, language

from notifier.kinds import KINDS
from notifier.messages.message import About, Message
from notifier.messages.sample import NOW, SHOP

HEAD = """\
# Messages

What people are told, kind by kind, of an invented shop. Written by `make contracts` from the previews in
`services/notifier/src/notifier/kinds/`; tags are those of Telegram's HTML, buttons stand in brackets. English texts are
the same sentences, from the same code ([ADR 0057](adr/0057-kinds-and-languages.md)). When a kind is told, and to whom:
[notification settings](notification-settings.md).
"""


def previews(name: str, code: Code) -> Iterator[Message]:
    """The kind's messages in a language; each once new, and once written over its message where that differs."""
    about = About(SHOP, data_at=NOW, now=NOW, language=language("notifier", code), delivery_id=UUID(int=2))
    shown = []
    for payload in KINDS[name].preview():
        for each in (about, replace(about, is_edit=True)):
            message = KINDS[name].render(payload.model_dump_json(), each)
            if message not in shown:
                shown.append(message)
    yield from shown


def plain(message: Message) -> str:
    """A message with its buttons as text."""
    buttons = " ".join(f"[{button.text}]" for button in message.buttons)
    return f"{message.html}\n{buttons}".rstrip() + "\n"


def document() -> str:
    """The page of all kinds, in the order in which people are shown them."""
    return "\n".join([HEAD, *(_section(known) for known in KNOWN.values())])


def _section(known: KnownKind) -> str:
    default = "on" if known.is_on else "off"
    traits = [f"family `{known.family}`", default]
    traits += ["critical"] * known.is_critical + [f"webhook `{known.webhook_type}`"] * (not known.for_people_only)
    examples = list(previews(known.name, "ru"))
    lengths = "–".join(map(str, sorted({min(lengths), max(lengths)}))) if (lengths := _lengths(examples)) else ""
    blocks = "\n".join(f"```text\n{plain(example)}```\n" for example in examples)
    return f"## {known.ru} (`{known.name}`)\n\n{known.en}: {', '.join(traits)}; {lengths} units.\n\n{blocks}"


def _lengths(messages: list[Message]) -> list[int]:
    return [text_units(message.html) for message in messages]

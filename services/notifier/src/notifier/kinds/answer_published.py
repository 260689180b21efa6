"""An answer to a review or a question stands at Wildberries."""

from contracts.wb_commands import WbCommandChangedV1

from notifier.messages.answers import answer_rule, is_published, sample_command, what
from notifier.messages.kind import Kind
from notifier.messages.message import About, Message
from notifier.messages.notice import notice


def write(told: WbCommandChangedV1, about: About) -> Message:
    text = about.language.text
    lines = [f"{what(told, about.language)}.", text("Wildberries shows it.")]
    return notice(f"✅ {text('The answer is published')}", lines, about)


def preview() -> tuple[WbCommandChangedV1, ...]:
    return (sample_command("confirmed"),)


KIND = Kind(
    "answer_published", WbCommandChangedV1, write, preview, rules=(answer_rule("answer_published", is_published),)
)

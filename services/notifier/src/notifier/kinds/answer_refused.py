"""An answer to a review or a question was refused, or could not be read back."""

from contracts.wb_commands import UNRESOLVED, WbCommandChangedV1

from notifier.messages.answers import answer_rule, is_refused, reason, sample_command, what
from notifier.messages.kind import Kind
from notifier.messages.message import About, Message
from notifier.messages.notice import notice


def write(told: WbCommandChangedV1, about: About) -> Message:
    text = about.language.text
    lines = [f"{what(told, about.language)}."]
    if told.code == UNRESOLVED:
        lines.append(text("Nobody knows whether Wildberries took it: look in the WB portal."))
    elif given := reason(told):
        lines.append(text("Reason: {reasons}.", reasons=given.rstrip(".")))
    return notice(f"🚫 {text('The answer was not taken')}", lines, about)


def preview() -> tuple[WbCommandChangedV1, ...]:
    return (
        sample_command("refused", code="rejected", reason="В ответе есть ссылка"),
        sample_command("unknown", code=UNRESOLVED),
    )


KIND = Kind("answer_refused", WbCommandChangedV1, write, preview, rules=(answer_rule("answer_refused", is_refused),))

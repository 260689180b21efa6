"""WB accepts the cabinet again. Told by the handler of `cabinet.verified`."""

from datetime import timedelta

from contracts.model import Model, Moment

from notifier.messages.kind import Kind
from notifier.messages.message import About, Message
from notifier.messages.notice import notice
from notifier.messages.sample import NOW


class Resumed(Model):
    """Since when nothing came."""

    since: Moment


def write(told: Resumed, about: About) -> Message:
    language = about.language
    pause = language.text("Pause: {span}. Loading what was missed.", span=language.span(about.data_at - told.since))
    return notice(f"✅ {language.text('The shop is connected again')}", [pause], about)


def preview() -> tuple[Resumed, ...]:
    return (Resumed(since=NOW - timedelta(hours=3, minutes=5)),)


KIND = Kind("cabinet_resumed", Resumed, write, preview)

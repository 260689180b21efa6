"""WB gives again what one category of methods holds. Told by the handler of `sync.resumed`."""

from notifier.messages.kind import Kind
from notifier.messages.message import About, Message
from notifier.messages.notice import notice
from notifier.messages.resource_names import in_words
from notifier.messages.scope import Scope


def write(scope: Scope, about: About) -> Message:
    text = about.language.text
    line = text("These come again: {what}.", what=in_words([scope.resource], about.language))
    return notice(f"✅ {text('The data are there again')}", [line], about)


def preview() -> tuple[Scope, ...]:
    return (Scope(category="statistics", resource="orders"),)


KIND = Kind("scope_restored", Scope, write, preview)

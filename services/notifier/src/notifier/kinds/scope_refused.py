"""WB refuses what one category of methods holds. Told by the handler of `cabinet.suspended`."""

from notifier.messages.kind import Kind
from notifier.messages.message import About, Message
from notifier.messages.notice import NOTHING_IS_LOST, notice
from notifier.messages.resource_names import CATEGORIES, in_words
from notifier.messages.scope import Scope


def write(scope: Scope, about: About) -> Message:
    text = about.language.text
    lines = [text("These do not come: {what}.", what=in_words([scope.resource], about.language))]
    if scope.reason == "payment_required":
        lines += [text("Top up the balance of WB services: we look ourselves, and go on without you.")]
        title = f"💳 {text('Wildberries asks to be paid for some of the data')}"
        return notice(title, [*lines, text(NOTHING_IS_LOST)], about)
    if scope.category:
        category = text(CATEGORIES.get(scope.category, scope.category))
        lines += [text("Make a token with the category “{category}” and send it.", category=category)]
    return notice(f"🚫 {text('The token lacks rights')}", [*lines, text(NOTHING_IS_LOST)], about)


def preview() -> tuple[Scope, ...]:
    refused = Scope(category="statistics", resource="orders")
    return refused, refused.model_copy(update={"reason": "payment_required"})


KIND = Kind("scope_refused", Scope, write, preview)

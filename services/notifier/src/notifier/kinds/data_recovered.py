"""Data of Wildberries come again. Told by the handler of the event."""

from datetime import timedelta

from contracts.freshness import DataRecoveredV1, RecoveredResource

from notifier.messages.kind import Kind
from notifier.messages.message import About, Message
from notifier.messages.notice import notice
from notifier.messages.resource_names import beginning
from notifier.messages.sample import NOW


def write(told: DataRecoveredV1, about: About) -> Message:
    language, text = about.language, about.language.text
    what = beginning((each.resource for each in told.resources), language)
    since = min(each.delayed_since for each in told.resources)
    until = max(each.recovered_at for each in told.resources)
    pause = text("Pause: {span}, since {moment}.", span=language.span(until - since), moment=about.moment(since))
    return notice(f"✅ {text('The data come again')}", [what, pause], about)


def preview() -> tuple[DataRecoveredV1, ...]:
    over = {"delayed_since": NOW - timedelta(hours=2), "recovered_at": NOW}
    resources = tuple(RecoveredResource.model_validate({"resource": name, **over}) for name in ("orders", "stocks"))
    return (DataRecoveredV1(resources=resources),)


KIND = Kind("data_recovered", DataRecoveredV1, write, preview)

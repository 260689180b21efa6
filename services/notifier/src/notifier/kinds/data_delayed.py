"""Data of Wildberries do not come. Told by the handler of the event."""

from datetime import timedelta

from contracts.freshness import DataDelayedV1, DelayedResource

from notifier.messages.kind import Kind
from notifier.messages.message import About, Message
from notifier.messages.notice import NOTHING_IS_LOST, notice, why
from notifier.messages.resource_names import beginning
from notifier.messages.sample import NOW

SHOWN = 8


def write(told: DataDelayedV1, about: About) -> Message:
    language, text = about.language, about.language.text
    lines = list(
        dict.fromkeys(
            text(
                "{what}: newest data of {moment}",
                what=beginning([each.resource], language),
                moment=about.moment(each.last_success_at),
            )
            for each in told.resources
        )
    )
    more = [text("… {n} more", n=len(lines) - SHOWN)] if len(lines) > SHOWN else []
    reasons = "; ".join(dict.fromkeys(why(each.reason, language) for each in told.resources))
    reason = text("Reason: {reasons}.", reasons=reasons)
    title = f"🐢 {text('Data of Wildberries are late')}"
    return notice(title, [*lines[:SHOWN], *more, reason, text(NOTHING_IS_LOST)], about)


def preview() -> tuple[DataDelayedV1, ...]:
    late = {"last_success_at": NOW - timedelta(hours=2), "reason": "500: an HTML page"}
    resources = tuple(DelayedResource.model_validate({"resource": name, **late}) for name in ("orders", "stocks"))
    return (DataDelayedV1(resources=resources),)


KIND = Kind("data_delayed", DataDelayedV1, write, preview)

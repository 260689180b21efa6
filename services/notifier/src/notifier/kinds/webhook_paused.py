"""Nothing is sent to a seller's own endpoint any more. Told by `jobs/tell_outages.py`."""

from datetime import timedelta
from uuid import UUID

from notifier.messages.endpoint import Endpoint, days, of_endpoint, what_it_does
from notifier.messages.kind import Kind
from notifier.messages.message import About, Message
from notifier.messages.sample import NOW
from notifier.waiting import DAYS_BEFORE_PAUSE, MISSED_KEEP_DAYS


def write(told: Endpoint, about: About) -> Message:
    language, text = about.language, about.language.text
    if told.state == "gone":
        reason = text("{host} answered that this address is no more (code 410).", host=told.shown)
    else:
        reason = text(
            "{what_it_does}: not one message was taken in {days}.",
            what_it_does=what_it_does(told, language),
            days=days(DAYS_BEFORE_PAUSE, language),
        )
    lines = [
        reason,
        text(
            "Nothing is sent there any more. What was missed is kept for {days}:", days=days(MISSED_KEEP_DAYS, language)
        ),
        text("resume the subscription and ask for it to be sent again."),
    ]
    return of_endpoint(f"⏸ {text('The webhook is paused')}", lines, about)


def preview() -> tuple[Endpoint, ...]:
    since = NOW - timedelta(days=DAYS_BEFORE_PAUSE)
    return (
        Endpoint(webhook_id=UUID(int=1), host="erp.example", since=since, error="answered 503"),
        Endpoint(webhook_id=UUID(int=1), host="erp.example", since=since, state="gone", error="answered 410"),
    )


KIND = Kind("webhook_paused", Endpoint, write, preview)

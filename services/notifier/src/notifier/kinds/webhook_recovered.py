"""A seller's own endpoint takes messages again. Told by `jobs/tell_outages.py`."""

from datetime import timedelta
from uuid import UUID

from notifier.messages.endpoint import Endpoint, of_endpoint
from notifier.messages.kind import Kind
from notifier.messages.message import About, Message
from notifier.messages.sample import NOW


def write(told: Endpoint, about: About) -> Message:
    language, text = about.language, about.language.text
    pause = language.span(about.data_at - told.since)
    lines = [
        text("{host} answers again.", host=told.shown),
        text("Pause: {span}, since {moment}.", span=pause, moment=about.moment(told.since)),
    ]
    return of_endpoint(f"✅ {text('The webhook takes messages again')}", lines, about)


def preview() -> tuple[Endpoint, ...]:
    return (Endpoint(webhook_id=UUID(int=1), host="erp.example", since=NOW - timedelta(hours=5)),)


KIND = Kind("webhook_recovered", Endpoint, write, preview)

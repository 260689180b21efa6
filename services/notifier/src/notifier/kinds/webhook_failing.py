"""A seller's own endpoint takes nothing. Told by `jobs/tell_outages.py`."""

from datetime import timedelta
from uuid import UUID

from notifier.messages.endpoint import Endpoint, days, of_endpoint, what_it_does
from notifier.messages.kind import Kind
from notifier.messages.message import About, Message
from notifier.messages.sample import NOW
from notifier.waiting import DAYS_BEFORE_PAUSE


def write(told: Endpoint, about: About) -> Message:
    language, text = about.language, about.language.text
    since = text("So it is since {moment}.", moment=about.moment(told.since))
    if told.state == "refused":
        refused = text("{host} is no public https address: nothing is sent there.", host=told.shown)
        lines = [refused, since]
    else:
        lines = [
            f"{what_it_does(told, language)}.",
            since,
            text("We try about once an hour; messages arrive as soon as it takes them."),
            text(
                "If it takes none in {days}, the subscription will be paused.", days=days(DAYS_BEFORE_PAUSE, language)
            ),
        ]
    return of_endpoint(f"🔌 {text('The webhook takes no messages')}", lines, about)


def preview() -> tuple[Endpoint, ...]:
    host, since = "erp.example", NOW - timedelta(hours=1)
    return (Endpoint(webhook_id=UUID(int=1), host=host, since=since, error="answered 503"),)


KIND = Kind("webhook_failing", Endpoint, write, preview)

"""A sync that was asked for failed."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from contracts.envelope import Event
from contracts.syncs import SyncFailedV1

from notifier.deliveries.enqueue import Notice
from notifier.messages.kind import Kind, Rule
from notifier.messages.message import About, Message
from notifier.messages.notice import notice, why
from notifier.messages.resource_names import beginning
from notifier.messages.sample import NOW


def notices(event: Event[SyncFailedV1]) -> Iterator[Notice]:
    """One message a sync, for its first resource. What fails unasked is tried again; if it stays so, `data.delayed`
    tells of it."""
    if event.data.sync_id is not None:
        yield Notice("sync_failed", f"sync_failed/{event.data.sync_id}", event.data.model_dump_json())


def write(told: SyncFailedV1, about: About) -> Message:
    language, text = about.language, about.language.text
    if told.next_run_at:
        again = text("Trying again at {moment}.", moment=about.moment(told.next_run_at))
    else:
        again = text("Try again later.")
    what = beginning([told.resource], language)
    title = f"⚠️ {text('The update failed')}"
    return notice(title, [f"{what}: {why(told.reason, language)}.", again], about)


def preview() -> tuple[SyncFailedV1, ...]:
    at = NOW + timedelta(minutes=10)
    return (
        SyncFailedV1(
            sync_id=UUID(int=1), resource="stocks", reason="429: too many requests", failed_at=NOW, next_run_at=at
        ),
    )


KIND = Kind("sync_failed", SyncFailedV1, write, preview, rules=(Rule(SyncFailedV1, notices),))

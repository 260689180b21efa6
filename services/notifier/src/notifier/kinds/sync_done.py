"""A sync that was asked for ended well."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from contracts.envelope import Event
from contracts.syncs import SyncCompletedV1

from notifier.deliveries.enqueue import Notice
from notifier.messages.kind import Kind, Rule
from notifier.messages.message import About, Message
from notifier.messages.notice import notice
from notifier.messages.resource_names import beginning
from notifier.messages.sample import NOW


def notices(event: Event[SyncCompletedV1]) -> Iterator[Notice]:
    """One message a sync, which tells of its newest resource. A first load asks for nobody's sync."""
    data = event.data
    if data.sync_id is not None:
        subject = f"sync_done/{data.sync_id}/{data.resource}"
        yield Notice("sync_done", subject, data.model_dump_json(), thread=f"sync/{data.sync_id}")


def write(told: SyncCompletedV1, about: About) -> Message:
    language, text = about.language, about.language.text
    rows = text(
        "{what}: new {new}, changed {changed}",
        what=beginning([told.resource], language),
        new=language.number(told.rows_new),
        changed=language.number(told.rows_changed),
    )
    took = text("Took {span}", span=language.span(told.finished_at - told.started_at))
    return notice(f"🔄 {text('The update is done')}", [rows, took], about)


def preview() -> tuple[SyncCompletedV1, ...]:
    return (
        SyncCompletedV1(
            sync_id=UUID(int=1),
            resource="stocks",
            started_at=NOW - timedelta(minutes=2),
            finished_at=NOW,
            pages=3,
            rows_new=12,
            rows_changed=340,
            rows_same=1900,
            rows_quarantined=0,
        ),
    )


KIND = Kind("sync_done", SyncCompletedV1, write, preview, rules=(Rule(SyncCompletedV1, notices),))

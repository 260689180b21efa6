"""Syncs: how fresh a shop's data are, and how far a requested sync has come."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from pulse_client.models import ResourceStatus, Run, SyncStatus
from servicekit.text import UNKNOWN, name
from servicekit.translation import msgid

from bot.views.lines import message
from bot.views.reader import Reader
from bot.views.resources import RESOURCES

BAR_CELLS = 12
MAX_SHOPS = 5
ENDED = ("completed", "failed")
STATUS_SIGNS = {"waiting": "✅", "running": "🔄", "failing": "⚠️", "suspended": "⛔"}
WAITS_WORDS = {
    "schedule": "",
    "turn": msgid("waits for its turn"),
    "limits": msgid("waits for Wildberries' limits"),
    "wildberries": msgid("Wildberries is down"),
    "token": msgid("waits for another token"),
    "other_source": msgid("comes from another source"),
}


def overview(reader: Reader, shops: Sequence[SyncStatus], names: "dict[UUID, str | None]", now: datetime) -> str:
    """How fresh each kind of data is, shop by shop."""
    lines = [f"🔄 <b>{reader.text('How fresh the data are')}</b>"]
    if not shops:
        lines += ["", reader.text("No shop is connected yet.")]
    for shop in shops[:MAX_SHOPS]:
        lines += ["", f"🏬 <b>{name(names.get(shop.cabinet_id), 60) or UNKNOWN}</b>"]
        lines += [_resource(reader, each, now) for each in _by_what_it_is_called(shop.resources)]
    if len(shops) > MAX_SHOPS:
        lines.append(reader.text("and {count} more shops", count=reader.number(len(shops) - MAX_SHOPS)))
    return message(lines, reader.text("🕒 as of {moment}", moment=reader.moment(now)))


def is_over(run: Run | None) -> bool:
    """Whether nothing more comes of it."""
    return run is None or run.status in ENDED


def progress(reader: Reader, run: Run | None, now: datetime) -> str:
    """A bar, what has come, and what is being read; no clock in it, so that it changes only with the sync."""
    if run is None:
        return message([reader.text("There is no such sync any more.")], _as_of(reader, now))
    done = [each for each in run.resources if each.status in ENDED]
    failed = [each for each in run.resources if each.status == "failed"]
    filled = BAR_CELLS * len(done) // len(run.resources) if run.resources else 0
    lines = [f"🔄 <b>{reader.text(_HEADS.get(run.status, _HEADS['queued']))}</b>", ""]
    lines.append(f"{'▓' * filled}{'░' * (BAR_CELLS - filled)} {len(done)}/{len(run.resources)}")
    reading = [each.resource for each in run.resources if each.status == "running"]
    if reading:
        lines.append(reader.text("Reading: {what}", what=_called(reader, reading)))
    new = sum(each.rows_new or 0 for each in done)
    changed = sum(each.rows_changed or 0 for each in done)
    if done:
        lines.append(
            reader.text("New: {new} · changed: {changed}", new=reader.number(new), changed=reader.number(changed))
        )
    for each in failed:
        reason = f" — {name(each.reason, 60)}" if each.reason else ""
        lines.append(f"⚠️ {_called(reader, [each.resource])}{reason}")
    at = max(
        (moment for each in run.resources for moment in (each.started_at, each.finished_at) if moment is not None),
        default=run.requested_at,
    )
    return message(lines, _as_of(reader, at))


_HEADS = {
    "queued": msgid("Sync: it waits for its turn"),
    "running": msgid("Sync: data are being read"),
    "completed": msgid("Sync: all is read"),
    "failed": msgid("Sync: some could not be read"),
}


def _as_of(reader: Reader, at: datetime) -> str:
    return reader.text("🕒 as of {moment}", moment=reader.moment(at))


def _by_what_it_is_called(resources: Iterable[ResourceStatus]) -> Iterator[ResourceStatus]:
    """Of several that sellers call alike, the freshest."""
    freshest: dict[str, ResourceStatus] = {}
    for each in resources:
        called = RESOURCES.get(each.resource, each.resource)
        known = freshest.get(called)
        if known is None or (each.last_success_at or _NEVER) > (known.last_success_at or _NEVER):
            freshest[called] = each
    yield from freshest.values()


_NEVER = datetime.fromisoformat("0001-01-01T00:00:00+00:00")


def _resource(reader: Reader, each: ResourceStatus, now: datetime) -> str:
    at = each.last_success_at
    age = UNKNOWN if at is None else reader.text("{span} ago", span=reader.span(max(now - at, timedelta())))
    waits = WAITS_WORDS.get(each.waits_for or "schedule", "")
    said = f" · {reader.text(waits)}" if waits else ""
    return f"{STATUS_SIGNS.get(each.status, '•')} {_called(reader, [each.resource])}: {age}{said}"


def _called(reader: Reader, resources: Iterable[str]) -> str:
    words = dict.fromkeys(reader.text(RESOURCES[each]) if each in RESOURCES else name(each, 40) for each in resources)
    return ", ".join(words)

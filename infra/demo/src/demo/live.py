"""The flow shown live, and the account at its end."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

from demo.accounting import Account, account, percentile
from demo.database import differences, path_of, stored
from demo.installation import Installation, NotReady, wait_until

HABITS = {"cancel_share": 0.15, "price_share": 0.05, "buyout_share": 0.0, "recent_share": 0.5}
"""Half of what changes are orders made a moment ago: their messages are edited."""
SETTLE_SECONDS = 60

Say = Callable[[str], None]


@dataclass(frozen=True)
class Summary:
    """The last line of a demo: an order has one message, which is edited.

    `lost` counts changes that no message tells and orders stored wrongly or not at all, `duplicates` second messages of
    an order.
    """

    changes_at_wb: int
    orders_stored: int
    events_published: int
    messages_delivered: int
    messages_edited: int
    lost: int
    duplicates: int
    p50_ms: float | None
    p99_ms: float | None

    @property
    def is_clean(self) -> bool:
        """Nothing lost and nothing doubled, and something happened at all."""
        return self.changes_at_wb > 0 and self.lost == 0 and self.duplicates == 0

    def as_dict(self) -> dict[str, int | float | None]:
        """For JSON."""
        return asdict(self)


def show_flow(pulse: Installation, *, rate: float, seconds: float | None, say: Say) -> None:
    """Let buyers make `rate` changes a second and tell of one each second, until `seconds` are over or Ctrl-C."""
    pulse.wildberries.life(rate, **HABITS)
    began = time.monotonic()
    try:
        while seconds is None or time.monotonic() - began < seconds:
            time.sleep(1 if seconds is None else max(0.0, min(1.0, seconds - (time.monotonic() - began))))
            _tell_newest(pulse, say)
    except KeyboardInterrupt:
        say("stopping: the shop closes, what is on its way arrives")
    finally:
        pulse.wildberries.life(0)


def _tell_newest(pulse: Installation, say: Say) -> None:
    messages, changes = pulse.telegram.messages(), pulse.wildberries.changes()
    if not messages:
        say(f"{len(changes)} changes at WB, no message yet")
        return
    newest = max(messages, key=lambda message: message.received_at)
    # Two sources answer with most changes: the message is of the one that had answered by then.
    answers = (c.answered_at for c in changes if (c.srid, c.kind) == (newest.srid, newest.kind))
    answered = max((at for at in answers if at and at <= newest.received_at), default=None)
    if answered is None:
        return
    at_store, at_count = path_of(pulse.admin_database_url, newest.srid)

    def after(moment: float | None) -> str:
        return "—" if moment is None else f"+{(moment - answered) * 1000:.0f} ms"

    say(
        f"{len(changes):>6} changes  {len(messages):>6} messages | {newest.kind:<6} {newest.srid}: WB answered"
        f" → stored {after(at_store)} → counted {after(at_count)} → in Telegram {after(newest.received_at)}"
    )


def settle(pulse: Installation, cabinet_id: str, say: Say) -> None:
    """Let everything that is on its way arrive, with one full look at WB in between."""
    try:
        wait_until("all messages arrive", lambda: not _account(pulse).lost, SETTLE_SECONDS)
        pulse.sync_now(cabinet_id, SETTLE_SECONDS)
        wait_until("all messages arrive", lambda: not _account(pulse).lost, SETTLE_SECONDS)
    except NotReady as error:
        say(str(error))


def summarise(pulse: Installation, say: Say) -> Summary:
    """Compare what the services hold and what arrived with wbsim's truth."""
    result, truth = _account(pulse), pulse.wildberries.truth()
    held = stored(pulse.admin_database_url)
    wrong = differences(truth, held.orders) + differences(truth, held.facts)
    for problem in [*wrong, *map(str, result.lost), *map(str, result.duplicates)][:10]:
        say(f"! {problem}")
    return Summary(
        changes_at_wb=result.changes,
        orders_stored=len(held.orders),
        events_published=held.events_published,
        messages_delivered=result.messages,
        messages_edited=result.edits,
        lost=len(result.lost) + len(wrong),
        duplicates=len(result.duplicates),
        p50_ms=_rounded(percentile(result.latencies_ms, 0.5)),
        p99_ms=_rounded(percentile(result.latencies_ms, 0.99)),
    )


def _account(pulse: Installation) -> Account:
    return account(pulse.wildberries.changes(), pulse.telegram.messages())


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)

"""The token ends soon."""

from collections.abc import Iterator
from datetime import timedelta

from contracts.cabinets import CabinetTokenExpiringV1
from contracts.envelope import Event

from notifier.deliveries.enqueue import Notice
from notifier.messages.kind import Kind, Rule
from notifier.messages.message import About, Message
from notifier.messages.notice import notice
from notifier.messages.sample import NOW

DAY = timedelta(days=1)


def notices(event: Event[CabinetTokenExpiringV1]) -> Iterator[Notice]:
    """Once for each threshold of each token."""
    data = event.data
    subject = f"token_expiring/{data.expires_at.isoformat()}/{data.threshold_days}"
    yield Notice("token_expiring", subject, data.model_dump_json())


def write(told: CabinetTokenExpiringV1, about: About) -> Message:
    """Counted are the days that were left when it was published."""
    language, text = about.language, about.language.text
    left = told.expires_at - about.data_at
    if left < DAY:
        title = text("The token ends in less than a day")
    else:
        title = language.plural("The token ends in {n} day", "The token ends in {n} days", -(-left // DAY))
    until, zone = about.moment(told.expires_at), language.zone(told.expires_at, about.zone)
    return notice(
        f"🔑 {title}",
        [
            text("It is valid until {moment} {zone}.", moment=until, zone=zone),
            text("Without it orders, stock and reviews will stop. Data will not be lost."),
            text("Make a new token in the WB portal (Settings → API access) and send it in time."),
        ],
        about,
    )


def preview() -> tuple[CabinetTokenExpiringV1, ...]:
    return tuple(
        CabinetTokenExpiringV1(expires_at=NOW + left, threshold_days=days)
        for left, days in ((7 * DAY, 7), (timedelta(hours=20), 1))
    )


KIND = Kind("token_expiring", CabinetTokenExpiringV1, write, preview, rules=(Rule(CabinetTokenExpiringV1, notices),))

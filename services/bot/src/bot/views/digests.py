"""Digests: which there are, and one of a day, a week or a month."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from pulse_client.models import (
    AdvertsOfPeriod,
    Compared,
    CurrencyDigest,
    Digest,
    Estimate,
    ListedDigest,
    ListMeta,
    Meta,
    Plan,
    RunningOut,
)  # fmt: skip
from servicekit.text import UNKNOWN, name
from servicekit.translation import msgid

from bot.views.lines import amount, change, freshness, message, titled
from bot.views.reader import Reader

KINDS = ("", "day", "week", "month")
KIND_WORDS = {"": msgid("All"), "day": msgid("Days"), "week": msgid("Weeks"), "month": msgid("Months")}
MAX_CURRENCIES = 3
MAX_NAMED = 3
MAX_CAUSES = 4
CAUSE_WORDS = {
    "calendar": msgid("the days of the week"),
    "stock": msgid("stock"),
    "adverts": msgid("adverts"),
    "demand": msgid("demand"),
    "new": msgid("new items"),
    "gone": msgid("items that are gone"),
    "price": msgid("prices"),
}
MONTHS = (
    msgid("January"), msgid("February"), msgid("March"), msgid("April"), msgid("May"), msgid("June"), msgid("July"),
    msgid("August"), msgid("September"), msgid("October"), msgid("November"), msgid("December"),
)  # fmt: skip


def page(reader: Reader, digests: Sequence[ListedDigest], meta: ListMeta, *, kind: str, count: str) -> str:
    """The head of the list: the digests themselves are its buttons."""
    head = f"🗞 <b>{reader.text('Digests')}</b>"
    lines = [" · ".join(filter(None, (head, kind and reader.text(KIND_WORDS[kind]), count)))]
    if not digests:
        lines += ["", reader.text("No digests yet: the first is made in the morning.")]
    return message(lines, freshness(reader, meta))


def period(reader: Reader, kind: str, first: date, last: date) -> str:
    """`19 Nov`, `16–22 Nov`, `November 2026`."""
    if kind == "day":
        return reader.long_day(first)
    if kind == "month":
        return f"{reader.text(MONTHS[first.month - 1])} {first.year}"
    return f"{reader.day(first)}–{reader.day(last)}"


def text(reader: Reader, digest: Digest, meta: Meta) -> str:
    """A whole digest."""
    return message(_lines(reader, digest), freshness(reader, meta))


def _lines(reader: Reader, digest: Digest) -> Iterator[str]:
    yield f"☀️ <b>{period(reader, digest.kind, digest.first_day, digest.last_day)}</b>"
    if not digest.currencies:
        yield ""
        yield reader.text("Nothing was ordered in this period")
    for each in digest.currencies[:MAX_CURRENCIES]:
        yield ""
        yield from _currency(reader, each)
    if digest.running_out:
        yield ""
        yield reader.text("📦 Runs out soon: {items}", items=_running_out(reader, digest.running_out))
        more = digest.running_out_count - len(digest.running_out[:MAX_NAMED])
        if more > 0:
            yield reader.text("and {count} more", count=reader.number(more))
    reviews = digest.reviews
    yield ""
    waiting = UNKNOWN if reviews.unanswered is None else reader.number(reviews.unanswered)
    yield reader.text(
        "⭐ Reviews: {count}, bad {bad}, without an answer {waiting}",
        count=reader.number(reviews.count),
        bad=reader.number(reviews.bad),
        waiting=waiting,
    )


def _currency(reader: Reader, each: CurrencyDigest) -> Iterator[str]:
    yield _compared(reader, reader.text("Orders"), each.orders, each.currency)
    yield _compared(reader, reader.text("Cancelled"), each.cancelled, each.currency)
    yield _compared(reader, reader.text("Bought"), each.bought, each.currency)
    yield _compared(reader, reader.text("Returns"), each.returns, each.currency)
    if isinstance(each.adverts, AdvertsOfPeriod):
        yield reader.text(
            "Adverts: {sum} · share of orders {percent}",
            sum=reader.money(amount(each.adverts.spent), each.currency),
            percent=reader.percent(amount(each.adverts.drr)),
        )
    if isinstance(each.estimate, Estimate):
        yield reader.text("Profit ≈ {sum} (estimate)", sum=reader.money(amount(each.estimate.profit), each.currency))
        if each.estimate.items_without:
            yield reader.plural(
                "without {n} item of which the cost is not known",
                "without {n} items of which the cost is not known",
                each.estimate.items_without,
            )
    if isinstance(each.plan, Plan):
        yield _plan(reader, each.plan)
    for title, items in (
        (reader.text("🏆 Revenue:"), each.top_revenue),
        (reader.text("💰 Profit:"), each.top_profit),
    ):
        if items:
            named = [
                f"{titled(item.title, item.vendor_code, item.nm_id, 30)} "
                f"{reader.money(amount(item.amount), each.currency)}"
                for item in items[:MAX_NAMED]
            ]
            yield f"{title} {' · '.join(named)}"
    if each.why.parts:
        causes = [
            f"{reader.text(CAUSE_WORDS[part.cause]) if part.cause in CAUSE_WORDS else name(part.cause, 30)} "
            f"{_signed(reader, Decimal(part.orders))}"
            for part in each.why.parts[:MAX_CAUSES]
        ]
        yield reader.text("Why orders changed: {causes}", causes=", ".join(causes))


def _compared(reader: Reader, what: str, figures: Compared, currency: str) -> str:
    total = reader.money(amount(figures.sum_), currency)
    return f"{what}: <b>{reader.number(figures.count)}</b> · {total}{change(reader, amount(figures.change))}"


def _plan(reader: Reader, plan: Plan) -> str:
    done = amount(plan.done_sum) if isinstance(plan.done_sum, str) else amount(plan.done_orders)
    return reader.text(
        "Plan of the month: {done} at {expected} of its time",
        done=reader.percent(done),
        expected=reader.percent(amount(plan.expected_share)),
    )


def _running_out(reader: Reader, items: Sequence[RunningOut]) -> str:
    said = []
    for item in items[:MAX_NAMED]:
        size = name(item.tech_size, 10) if isinstance(item.tech_size, str) and item.tech_size != "0" else ""
        days = reader.plural("{n} day", "{n} days", int(Decimal(item.days_left)))
        said.append(" ".join(filter(None, (titled(item.title, item.vendor_code, item.nm_id, 30), size, f"({days})"))))
    return " · ".join(said)


def _signed(reader: Reader, value: Decimal) -> str:
    return ("+" if value > 0 else "−" if value < 0 else "") + reader.number(abs(value))

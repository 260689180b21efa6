"""Messages of digests: what a day, a week or a month came to, at the time that each reader chose."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from contracts.digests import Compared, CurrencyDigest, DigestKind, DigestPreparedV1, NamedItem, TopItem
from contracts.envelope import Event
from contracts.message_kinds import MessageKind
from servicekit.text import UNKNOWN, name, text_units, title_name
from servicekit.translation import msgid

from notifier.deliveries.enqueue import Notice
from notifier.messages.buttons import why_button
from notifier.messages.figures import about_money, change, days, pieces, share, signed_money, signed_number
from notifier.messages.kind import Kind, Rule
from notifier.messages.message import MAX_CAPTION_UNITS, About, Message
from notifier.messages.notice import SHOP_UNITS, as_of
from notifier.messages.sample_digest import sample_digest

SHOWN = 3
ITEM_UNITS = 30
CURRENCIES = 2

TITLES: dict[DigestKind, tuple[str, str]] = {
    DigestKind.DAY: ("☀️", msgid("Day {since}")),
    DigestKind.WEEK: ("🗓", msgid("Week {since} – {until}")),
    DigestKind.MONTH: ("📅", msgid("Month {since} – {until}")),
}

CAUSES = {
    "calendar": msgid("calendar"),
    "stock": msgid("stock"),
    "adverts": msgid("adverts"),
    "demand": msgid("demand"),
    "new": msgid("new items"),
    "gone": msgid("items not ordered any more"),
    "price": msgid("prices"),
}

KINDS_OF: Mapping[DigestKind, MessageKind] = {
    DigestKind.DAY: "digest_day",
    DigestKind.WEEK: "digest_week",
    DigestKind.MONTH: "digest_month",
}

ORDERS = ("orders", "order_feed")
SALES = ("sales",)
"""The sources that tell of orders and their cancels, and of what was bought and given back."""

DETAILS = (3, 1, 0)
"""How much of what may be left out is shown: the first with which the message fits."""


def digest_kind(of: DigestKind) -> Kind[DigestPreparedV1]:
    """The kind of a digest; later revisions only write over what was told."""
    kind = KINDS_OF[of]

    def notices(event: Event[DigestPreparedV1]) -> Iterator[Notice]:
        told = event.data
        if told.kind is of:
            yield Notice(
                kind=kind,
                subject=f"digest/{of.value}/{told.first_day}/{told.revision}",
                payload=told.model_dump_json(),
                thread=f"digest/{of.value}/{told.first_day}",
                only_edits=told.revision > 1,
            )

    return Kind(
        kind,
        DigestPreparedV1,
        digest_message,
        preview=lambda: (sample_digest(of),),
        rules=(Rule(DigestPreparedV1, notices),),
    )


def digest_message(told: DigestPreparedV1, about: About) -> Message:
    for details in DETAILS:
        html = "\n".join(_lines(told, about, details))
        if text_units(html) <= MAX_CAPTION_UNITS:
            break
    return Message(html, why_button(about))


def _lines(told: DigestPreparedV1, about: About, details: int) -> Iterator[str]:
    language, text = about.language, about.language.text
    emoji, title = TITLES[told.kind]
    since, until = language.long_day(told.first_day), language.long_day(told.last_day)
    yield f"{emoji} <b>{text(title, since=since, until=until)}</b>"
    if shop := name(about.shop_name, SHOP_UNITS):
        yield f"🏬 {shop}"
    if not told.currencies:
        yield ""
        is_known = _is_read(told, ORDERS) and _is_read(told, SALES)
        nothing = text("Nothing was ordered, bought or given back.")
        yield nothing if is_known else text("Orders and sales: not read yet.")
    for each in told.currencies[:CURRENCIES]:
        yield ""
        yield from _amounts(told, each, about)
        yield from _reasons(each, about, details)
    if more := len(told.currencies) - CURRENCIES:
        yield from [text("… {n} more", n=more)] if more > 0 else []
    if details:
        yield from _of_the_shop(told, about, details)
    yield ""
    yield f"🕒 {as_of(about)}"


def _is_read(told: DigestPreparedV1, sources: Sequence[str]) -> bool:
    return any(age.resource in sources and age.as_of is not None for age in told.freshness)


def _amounts(digest: DigestPreparedV1, told: CurrencyDigest, about: About) -> Iterator[str]:
    language, text, currency = about.language, about.language.text, told.currency
    for title, compared, sources in (
        (text("Ordered"), told.orders, ORDERS),
        (text("Cancelled"), told.cancelled, ORDERS),
        (text("Purchases"), told.bought, SALES),
        (text("Returns"), told.returns, SALES),
    ):
        # Before a source was ever read its sums are 0, which is not what is known of them.
        yield f"{title}: {_compared(compared, currency, about) if _is_read(digest, sources) else UNKNOWN}"
    if told.adverts is not None:
        spent = language.money(_whole(told.adverts.spent), currency)
        yield text("Adverts: {spent} · DRR {drr}", spent=spent, drr=language.percent(told.adverts.drr))
    if (estimate := told.estimate) is not None:
        profit = signed_money(_whole(estimate.profit), currency, language)
        commission = about_money(estimate.commission, currency, language)
        logistics = about_money(estimate.logistics, currency, language)
        yield text("Commission ≈ {commission} · logistics ≈ {logistics}", commission=commission, logistics=logistics)
        yield text("Operating profit ≈ {profit} (estimate)", profit=profit)
    if (plan := told.plan) is not None and plan.done_sum is not None:
        done, expected = share(plan.done_sum, language), share(plan.expected_share, language)
        on_course = share(plan.on_course_sum, language)
        line = text(
            "Plan of the month: {done} at {expected} of its time → {on_course}",
            done=done,
            expected=expected,
            on_course=on_course,
        )
        yield f"🎯 {line}"


def _compared(told: Compared, currency: str, about: About) -> str:
    language = about.language
    mark = "▲" if told.sum > told.previous_sum else "▼" if told.sum < told.previous_sum else "="
    more = signed_number(told.count - told.previous_count, language)
    shown = f"{pieces(told.count, language)} · {language.money(told.sum, currency)} {mark} {more}"
    return shown if told.change is None else f"{shown} ({change(told.change, language)})"


def _reasons(told: CurrencyDigest, about: About, details: int) -> Iterator[str]:
    language, text, currency = about.language, about.language.text, told.currency
    if not details:
        return
    if told.top_revenue:
        yield f"🏆 {text('Revenue')}: {_top(told.top_revenue[:details], currency, about)}"
    if told.top_profit:
        yield f"💰 {text('Profit')}: {_top(told.top_profit[:details], currency, about)}"
    parts = [
        f"{text(CAUSES[part.cause])} {signed_money(_whole(part.orders_sum), currency, language)}"
        for part in told.why.parts[:details]
    ]
    if parts:
        yield f"❔ {text('Why it changed')}: {', '.join(parts)}"


def _of_the_shop(told: DigestPreparedV1, about: About, details: int) -> Iterator[str]:
    language, text = about.language, about.language.text
    yield ""
    if told.running_out:
        named = []
        for each in told.running_out[:details]:
            size = f" {name(each.tech_size, 12)}" if each.tech_size not in (None, "0") else ""
            named.append(f"{_item(each)}{size} ({days(each.days_left, language)})")
        more = told.running_out_count - len(named)
        rest = [text("{n} more", n=language.number(more))] if more > 0 else []
        yield f"📦 {text('Ends within 7 days')}: {', '.join([*named, *rest])}"
    unanswered = told.reviews.unanswered
    line = text(
        "Bad reviews: {bad}, without an answer: {unanswered}",
        bad=language.number(told.reviews.bad),
        unanswered=UNKNOWN if unanswered is None else language.number(unanswered),
    )
    yield f"⭐ {line}"


def _top(items: Iterable[TopItem], currency: str, about: About) -> str:
    money: Callable[[Decimal], str] = lambda amount: about.language.money(_whole(amount), currency)  # noqa: E731
    return " · ".join(f"{_item(item)} {money(item.amount)}" for item in items)


def _item(item: NamedItem) -> str:
    return title_name(item.title or item.vendor_code, ITEM_UNITS) or str(item.nm_id)


def _whole(amount: Decimal) -> Decimal:
    return amount if abs(amount) < 10 else amount.to_integral_value()

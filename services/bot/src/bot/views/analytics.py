"""What a period came to, and the data that its charts are drawn from."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from pulse_client.models import Meta, SalesGroup, SalesReport, SalesTotal
from servicekit.text import UNKNOWN

from bot.views.lines import MAX_CAPTION_UNITS, amount, change, freshness, message
from bot.views.reader import Reader

if TYPE_CHECKING:
    from bot.charts.buyout import Week
    from bot.charts.sales import Sales

PERIODS = (7, 14, 30, 90)
MAX_CURRENCIES = 3
WEEK_DAYS = 7


def caption(reader: Reader, report: SalesReport, meta: Meta) -> str:
    """Sums of the period by currency, each beside the period before."""
    lines = [
        "📊 <b>" + reader.plural("{n} day", "{n} days", report.period.days) + "</b>"
        f" · {reader.day(report.period.first_day)}–{reader.day(report.period.last_day)}"
    ]
    if not report.totals:
        nothing = (
            reader.text("Nothing was ever ordered here.")
            if meta.as_of is not None
            else reader.text("Nothing is counted yet: the first figures come some minutes after a shop was connected.")
        )
        lines += ["", nothing]
    for total in report.totals[:MAX_CURRENCIES]:
        lines += ["", *_total(reader, total)]
    return message(lines, freshness(reader, meta), units=MAX_CAPTION_UNITS)


def main_currency(report: SalesReport) -> str | None:
    """The currency with the most orders; None: there are none."""
    totals = sorted(report.totals, key=lambda total: (-total.figures.orders, total.currency))
    return totals[0].currency if totals else None


def sales_of(report: SalesReport, sign: str) -> "Sales":
    """Every day of the period in its main currency; days without a row had no order."""
    from bot.charts.sales import Day, Sales

    told = {group.day: group for group in _days(report)}
    period = report.period
    days = [period.first_day + timedelta(days=place) for place in range(period.days)]
    before: list[Decimal | None] = []
    drawn = []
    for day in days:
        group = told.get(day)
        drawn.append(
            Day(
                day,
                amount(group.figures.orders_sum) or Decimal() if group else Decimal(),
                amount(group.figures.sales_sum) if group else Decimal(),
            )
        )
        before.append(amount(group.before.orders_sum) if group and group.before else None)
    return Sales(drawn, before if any(value is not None for value in before) else [], sign)


def weeks_of(report: SalesReport) -> "list[Week]":
    """Weeks of seven days up to the period's last, the oldest first, of all currencies together."""
    from bot.charts.buyout import Week

    last = report.period.last_day
    counted: dict[int, list[int]] = {}
    for group in report.groups:
        if group.day is None or not _is_counted(group):
            continue
        sums = counted.setdefault((last - group.day).days // WEEK_DAYS, [0, 0, 0])
        for place, count in enumerate((group.figures.orders, group.figures.bought, group.figures.open_)):
            sums[place] += count or 0
    return [Week(_first_day(last, ago), *counted[ago]) for ago in sorted(counted, reverse=True)]


def buyout_caption(reader: Reader, report: SalesReport, weeks: "Sequence[Week]", meta: Meta) -> str:
    """The share of orders that were bought, of those that have ended."""
    ordered, bought = sum(week.ordered for week in weeks), sum(week.bought for week in weeks)
    still = sum(week.open for week in weeks)
    share = Decimal(100 * bought) / (ordered - still) if ordered > still else None
    lines = [
        "🎯 <b>" + reader.text("Buyout by week of order") + "</b>"
        f" · {reader.day(report.period.first_day)}–{reader.day(report.period.last_day)}",
        "",
        reader.text(
            "Bought {percent}: {bought} of {ended} that have ended",
            percent=reader.percent(None if share is None else share.quantize(Decimal("0.1"))),
            bought=reader.number(bought),
            ended=reader.number(ordered - still),
        ),
        reader.text("{count} on the way yet: figures of the last weeks will change", count=reader.number(still)),
    ]
    return message(lines, freshness(reader, meta), units=MAX_CAPTION_UNITS)


def _total(reader: Reader, total: SalesTotal) -> Iterator[str]:
    now, before, moved = total.figures, total.before, total.change
    currency = total.currency
    yield _line(reader, reader.text("Orders"), now.orders, now.orders_sum, currency) + change(
        reader, amount(moved.orders_sum) if moved else None
    )
    yield _line(reader, reader.text("Cancelled"), now.cancelled, now.cancelled_sum, currency)
    yield _line(reader, reader.text("Sales"), now.sales, now.sales_sum, currency) + change(
        reader, amount(moved.sales_sum) if moved else None
    )
    yield _line(reader, reader.text("Returns"), now.returns, now.returns_sum, currency)
    if now.for_pay is not None:
        yield reader.text("To be paid, preliminary: {sum}", sum=reader.money(amount(now.for_pay), currency))
    if now.open_ is not None:
        yield reader.text("On the way: {count}", count=reader.number(now.open_))
    if before is not None:
        yield reader.text(
            "The period before: {count} · {sum}",
            count=reader.number(before.orders),
            sum=reader.money(amount(before.orders_sum), currency),
        )


def _line(reader: Reader, what: str, count: int | None, total: str | None, currency: str) -> str:
    said = UNKNOWN if count is None else reader.number(count)
    return f"{what}: <b>{said}</b> · {reader.money(amount(total), currency)}"


def _days(report: SalesReport) -> list[SalesGroup]:
    currency = main_currency(report)
    return [group for group in report.groups if group.currency == currency]


def _is_counted(group: SalesGroup) -> bool:
    return group.figures.bought is not None and group.figures.open_ is not None


def _first_day(last: date, weeks_ago: int) -> date:
    return last - timedelta(days=weeks_ago * WEEK_DAYS + WEEK_DAYS - 1)

"""The sections put together, within what a message of Telegram holds."""

from collections.abc import Iterator, Sequence

from contracts.order_report import MAX_TEXT_UNITS, OrderReport
from servicekit.text import Name, name, utf16_units

from reporter.reports.text.money import money_lines
from reporter.reports.text.order import freshness_lines, order_lines, route_lines
from reporter.reports.text.product import product_lines
from reporter.reports.text.sales import buyout_lines, sales_lines, today_lines, velocity_lines
from reporter.reports.text.stock import stock_lines

_BETWEEN = "\n\n"

SHARES = (1.0, 0.5, 0.25, 0.1)
"""Names get the first share of their units with which the text fits; with a real shop's amounts the last one does."""


def report_text(report: OrderReport) -> str:
    """The sections of the report as a text; tags and entities count towards the limit as they stand."""
    for share in SHARES:
        sections = ["\n".join(section) for section in _sections(report, _shortened(share))]
        if _fit(sections):
            break
    while not _fit(sections):
        # What was ordered, and how old everything is, have no amounts.
        sections.remove(max(sections[1:-1], key=len))
    return _BETWEEN.join(sections)


def _fit(sections: Sequence[str]) -> bool:
    return utf16_units(_BETWEEN.join(sections)) <= MAX_TEXT_UNITS


def _shortened(share: float) -> Name:
    return lambda text, units: name(text, max(round(units * share), 2))


def _sections(report: OrderReport, short: Name) -> Iterator[Iterator[str]]:
    yield order_lines(report.order, short)
    yield money_lines(report.money)
    yield route_lines(report.route, short)
    yield sales_lines(report.sales_periods)
    yield buyout_lines(report.buyout_periods)
    yield velocity_lines(report.velocity)
    yield today_lines(report.today_vs_yesterday)
    yield stock_lines(report.stocks, short)
    yield product_lines(report.product)
    yield freshness_lines(report.freshness, report.today_vs_yesterday.shop.minute)

"""The sections put together, within what a message of Telegram holds."""

from collections.abc import Iterator, Sequence

from contracts.order_report import MAX_TEXT_UNITS, OrderReport
from servicekit.text import Name, name, utf16_units
from servicekit.translation import Language, language

from reporter.reports.text.money import money_lines
from reporter.reports.text.order import freshness_lines, order_lines, route_lines
from reporter.reports.text.product import product_lines
from reporter.reports.text.sales import buyout_lines, sales_lines, today_lines, velocity_lines
from reporter.reports.text.stock import stock_lines

PACKAGE = "reporter"
_BETWEEN = "\n\n"

SHARES = (1.0, 0.5, 0.25, 0.1)
"""Names get the first share of their units with which the text fits; with a real shop's amounts the last one does."""


def texts(report: OrderReport) -> dict[str, str]:
    """The text of the report in each language, by the fields of the report."""
    return {
        "text": report_text(report, language(PACKAGE, "ru")),
        "text_en": report_text(report, language(PACKAGE, "en")),
    }


def report_text(report: OrderReport, language: Language) -> str:
    """The sections of the report as a text in a language; tags and entities count towards the limit as they stand."""
    for share in SHARES:
        sections = ["\n".join(section) for section in _sections(report, language, _shortened(share))]
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


def _sections(report: OrderReport, language: Language, short: Name) -> Iterator[Iterator[str]]:
    yield order_lines(language, report.order, short)
    yield money_lines(language, report.money)
    yield route_lines(language, report.route, short)
    yield sales_lines(language, report.sales_periods)
    yield buyout_lines(language, report.buyout_periods)
    yield velocity_lines(language, report.velocity)
    yield today_lines(language, report.today_vs_yesterday)
    yield stock_lines(language, report.stocks, short)
    yield product_lines(language, report.product)
    yield freshness_lines(language, report.freshness, report.today_vs_yesterday.shop.minute)

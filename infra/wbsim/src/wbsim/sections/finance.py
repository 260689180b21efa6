"""Finance reports: weekly ones that appear on Monday morning, daily ones on the morning after."""

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal
from zlib import crc32

from wbsim.feed import Version
from wbsim.finance_rows import day_rows, money, row_json
from wbsim.ledger import REPORT_AFTER_SECONDS, Day
from wbsim.orders import RowJson, serialise
from wbsim.shop import Shop
from wbsim.times import DAY_SECONDS, moscow

Period = Literal["weekly", "daily"]
MAIN = 1
_MONDAY = 4 * DAY_SECONDS - 3 * 3600  # the first Monday after the epoch, in Moscow

_SUMS = {
    "retailAmount": "retailAmountSum",
    "forPay": "forPaySum",
    "deliveryService": "deliveryServiceSum",
    "paidStorage": "paidStorageSum",
    "paidAcceptance": "paidAcceptanceSum",
    "deduction": "deductionSum",
    "penalty": "penaltySum",
    "additionalPayment": "additionalPaymentSum",
}
_COSTS = ("deliveryService", "paidStorage", "paidAcceptance", "deduction", "penalty")


@dataclass(frozen=True, slots=True)
class Report:
    """One report over whole days; `first` and `last` are the midnights that begin its first and last day."""

    report_id: int
    first: int
    last: int
    days: list[Day]
    currency: str

    @property
    def due_at(self) -> float:
        """When it appears, in simulated Unix seconds."""
        return self.days[-1].due_at

    @property
    def head(self) -> RowJson:
        """What each of its rows says of the report."""
        return {
            "reportId": self.report_id,
            "dateFrom": _date(self.first),
            "dateTo": _date(self.last),
            "createDate": _date(self.last + DAY_SECONDS),
            "currency": self.currency,
            "reportType": MAIN,
        }


@dataclass(slots=True)
class FinanceRow:
    """A row of a report: the report's part and its own, which weekly and daily reports share."""

    rrd_id: int
    head: bytes
    own: bytes
    due_at: float = 0.0
    """When the report on its day is due, in simulated Unix seconds."""
    version: Version | None = None

    @property
    def key(self) -> str:
        return str(self.rrd_id)

    @property
    def body(self) -> bytes:
        return b"{" + self.head + b"," + self.own + b"}"


def reports(shop: Shop, now: float, period: Period) -> list[Report]:
    """The shop's reports that exist at a simulated moment (Unix seconds), oldest first."""
    days = [day for day in shop.ledger.close(now) if day.due_at <= now]
    if period == "daily":
        number = shop.ledger.daily_reports_from
        return [
            Report(number + day.midnight // DAY_SECONDS, day.midnight, day.midnight, [day], shop.currency.code)
            for day in days
        ]
    weeks = groupby(days, key=lambda day: (day.midnight - _MONDAY) // (7 * DAY_SECONDS))
    made = []
    for week, within in weeks:
        monday = _MONDAY + week * 7 * DAY_SECONDS
        if monday + 7 * DAY_SECONDS + REPORT_AFTER_SECONDS <= now:
            number = shop.ledger.weekly_reports_from + week * 13
            made.append(Report(number, monday, monday + 6 * DAY_SECONDS, list(within), shop.currency.code))
    return made


def rows_after(shop: Shop, asked: Iterable[Report], rrd_id: int) -> Iterator[FinanceRow]:
    """The rows of reports, oldest first, that are numbered above `rrd_id`."""
    for report in asked:
        head = serialise(report.head)[1:-1]
        for day in report.days:
            if day.last_rrd_id > rrd_id:
                rows = _serialised(shop, day)
                first = bisect_right(rows, rrd_id, key=lambda row: row[0])
                yield from (FinanceRow(number, head, own, report.due_at) for number, own in rows[first:])


def is_late(shop: Shop, row: FinanceRow, now: float) -> bool:
    """Whether the report still lacks the row at the moment, as the behaviour has it; the same rows each time."""
    behaviour = shop.behaviour
    appeared = row.due_at + behaviour.finance_delay_seconds
    drawn = crc32(f"{shop.ledger.seed} late {row.rrd_id}".encode()) / 2**32
    return drawn < behaviour.finance_late_share and now < appeared + behaviour.finance_late_seconds


def report_row(shop: Shop, report: Report) -> RowJson:
    """A report as `POST /api/finance/v1/sales-reports/list` answers it."""
    sums = _sums(shop, report.days)
    return {
        "reportId": report.report_id,
        "sellerFinanceName": shop.name,
        **{name: value for name, value in report.head.items() if name != "reportId"},
        **{total: money(sums[field]) for field, total in _SUMS.items()},
        "avgSalePercent": 0,
        "cashbackAmountSum": "0",
        "cashbackDiscountSum": "0",
        "cashbackCommissionChangeSum": "0",
        "paymentSchedule": "0",
        "bankPaymentSum": money(_payable(sums)),
    }


def balance(shop: Shop, now: float) -> RowJson:
    """`GET /api/v1/account/balance`: the last weekly report may be withdrawn, the days since are on their way."""
    weekly = reports(shop, now, "weekly")
    since = weekly[-1].last if weekly else 0
    reported = _payable(_sums(shop, weekly[-1].days)) if weekly else 0
    coming = _payable(_sums(shop, [day for day in shop.ledger.days if day.midnight > since]))
    return {
        "currency": shop.currency.code,
        "current": (reported + coming) / 100,
        "for_withdraw": max(0, reported) / 100,
    }


def truth(shop: Shop, now: float, period: Period = "weekly") -> list[RowJson]:
    """`POST /api/finance/v1/sales-reports/detailed`: every row of every report there is."""
    return [json.loads(row.body) for row in rows_after(shop, reports(shop, now, period), 0)]


def _serialised(shop: Shop, day: Day) -> list[tuple[int, bytes]]:
    if day.rows is None:
        rows = day_rows(shop, day)
        day.rows = [(row["rrdId"], row_json(row)) for row in rows]
        day.sums = Counter()
        for row in rows:
            sign = -1 if row.get("docTypeName") == "Возврат" else 1
            day.sums.update({field: sign * _kopecks(row[field]) for field in _SUMS if field in row})
    return day.rows


def _sums(shop: Shop, days: list[Day]) -> Counter[str]:
    total: Counter[str] = Counter()
    for day in days:
        _serialised(shop, day)
        total.update(day.sums)
    return total


def _payable(sums: Counter[str]) -> int:
    return sums["forPay"] + sums["additionalPayment"] - sum(sums[cost] for cost in _COSTS)


def _kopecks(text: str) -> int:
    return round(float(text) * 100)


def _date(midnight: int) -> str:
    return moscow(midnight)[:10]

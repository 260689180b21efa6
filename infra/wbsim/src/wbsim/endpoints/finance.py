"""Sales reports and their rows, and the seller's balance, on finance-api.

Which reports belong to a period is not documented; here those that share a day with it, with all of their rows.
"""

import json
from itertools import islice
from typing import Any

from wbsim import limits
from wbsim.errors import finance_refusal
from wbsim.finance_rows import BLANK
from wbsim.methods import Answer, Call, Method, PlainRow
from wbsim.orders import serialise
from wbsim.sections.finance import FinanceRow, Report, balance, is_late, report_row, reports, rows_after
from wbsim.times import DAY_SECONDS, parse_date_from
from wbsim.tokens import Kind
from wbsim.validation import Check, array, integer, one_of, record, text

MAX_REPORTS, MAX_ROWS = 1_000, 100_000
NUMBERS = ("nmId", "forPay", "deliveryService")
_FIELDS = (*Report(0, 0, 0, [], "RUB").head, "rrdId", *BLANK)

_PERIOD: dict[str, Check] = {"dateFrom": text, "dateTo": text, "period": one_of("daily", "weekly")}
_PAGE: dict[str, Check] = {"limit": integer(1, MAX_ROWS), "rrdId": integer(0), "fields": array(one_of(*_FIELDS))}
_DATES = frozenset({"dateFrom", "dateTo"})
_LIST = record(_PERIOD | {"limit": integer(1, MAX_REPORTS), "offset": integer(0)}, _DATES)
_OF_PERIOD = record(_PERIOD | _PAGE, _DATES)
_OF_REPORT = record(_PAGE)


async def report_list(call: Call) -> Answer:
    """Reports, oldest first; 204 where there are none."""
    body = await _body(call, _LIST)
    offset = body.get("offset", 0)
    page = _within(call, body)[offset : offset + body.get("limit", MAX_REPORTS)]
    rows = [PlainRow(str(report.report_id), serialise(report_row(call.shop, report))) for report in page]
    return Answer(rows, identity="reportId", numbers=("forPaySum", "deliveryServiceSum")) if rows else _NOTHING


async def detailed(call: Call) -> Answer:
    """Rows of all reports of the period, in ascending `rrdId`; 204 after the last."""
    body = await _body(call, _OF_PERIOD)
    return _page(call, body, _within(call, body))


async def detailed_of_report(call: Call) -> Answer:
    """Rows of one report; 204 after the last, 404 for a report of nobody's."""
    body = await _body(call, _OF_REPORT)
    wanted = call.params["reportId"]
    if not wanted.isdecimal():
        raise _bad_request("GetDetailsByReportID", "reportId: must be an integer")
    every = reports(call.shop, _reported_until(call), "weekly") + reports(call.shop, _reported_until(call), "daily")
    found = [report for report in every if report.report_id == int(wanted)]
    if not found:
        detail = "GetDetailsByReportID error: generate meta key: get report data: report id not found"
        raise finance_refusal(404, "GetDetailsByReportID error", detail)
    return _page(call, body, found)


async def account_balance(call: Call) -> Answer:
    """What WB owes the seller."""
    if problems := [f"{name}: unknown parameter" for name in call.request.query_params]:
        raise _bad_request("GetBalance", "; ".join(problems))
    return Answer(head=serialise(balance(call.shop, call.now)), tail=b"")


_NOTHING = Answer(head=b"", tail=b"", status=204)


def _reported_until(call: Call) -> float:
    return call.now - call.world.behaviour.finance_delay_seconds


async def _body(call: Call, check: Check) -> dict[str, Any]:
    try:
        body = json.loads(await call.request.body())
    except ValueError:
        raise _bad_request("GetReportDetailByPeriodNBAndNNB", "the body is not JSON") from None
    problems = check("", body) + [f"{name}: unknown parameter" for name in call.request.query_params]
    if problems:
        raise _bad_request("GetReportDetailByPeriodNBAndNNB", "; ".join(problems))
    read: dict[str, Any] = body
    return read


def _within(call: Call, body: dict[str, Any]) -> list[Report]:
    try:
        start, end = parse_date_from(body["dateFrom"]), parse_date_from(body["dateTo"])
    except ValueError:
        raise _bad_request("GetReportDetailByPeriodNBAndNNB", "dateFrom, dateTo: dates or date-times") from None
    if start > end:
        raise _bad_request("GetReportDetailByPeriodNBAndNNB", "dateFrom: must not be after dateTo")
    made = reports(call.shop, _reported_until(call), body.get("period", "weekly"))
    return [report for report in made if report.last + DAY_SECONDS > start and report.first <= end]


def _page(call: Call, body: dict[str, Any], asked: list[Report]) -> Answer:
    after = rows_after(call.shop, asked, body.get("rrdId", 0))
    there = (row for row in after if not is_late(call.shop, row, call.now))
    rows = list(islice(there, body.get("limit", MAX_ROWS)))
    if not rows:
        return _NOTHING
    fields: list[str] = body.get("fields") or []
    if not fields:
        return Answer(rows, identity="rrdId", numbers=NUMBERS)
    numbers = tuple(name for name in NUMBERS if name in fields) or (fields[0],)
    identity = "rrdId" if "rrdId" in fields else fields[0]
    return Answer([_narrow(row, fields) for row in rows], identity=identity, numbers=numbers)


def _narrow(row: FinanceRow, fields: list[str]) -> PlainRow:
    whole = json.loads(row.body)
    return PlainRow(row.key, serialise({name: whole[name] for name in fields}))


def _bad_request(operation: str, problem: str) -> Exception:
    return finance_refusal(400, f"{operation} decode error", f"{operation} decode error: {problem}")


_PERSONAL: frozenset[Kind] = frozenset({"base", "base_with_secret"})
METHODS = (
    Method("POST", "/api/finance/v1/sales-reports/list", "finance-api", limits.SALES_REPORTS, report_list, _PERSONAL),
    Method("POST", "/api/finance/v1/sales-reports/detailed", "finance-api", limits.SALES_REPORT_ROWS, detailed),
    Method(
        "POST",
        "/api/finance/v1/sales-reports/detailed/{reportId}",
        "finance-api",
        limits.ROWS_OF_SALES_REPORT,
        detailed_of_report,
        _PERSONAL,
    ),
    Method("GET", "/api/v1/account/balance", "finance-api", limits.ACCOUNT_BALANCE, account_balance),
)

"""`GET /api/v1/warehouse_remains`: a report on WB's stock is ordered, waited for, and downloaded.

What the contract leaves open: a report that is not there yet, or no longer, is answered as one of nobody's.
Names are Russian in every `locale`.
"""

import json
import uuid

from wbsim import limits
from wbsim.catalogue import Product
from wbsim.errors import Refusal, report_refusal
from wbsim.methods import Answer, Call, Method, PlainRow
from wbsim.orders import serialise
from wbsim.remains import GROUPS, LARGE_LITRES, Report, litres, status_at
from wbsim.sections.remains import remains_rows
from wbsim.validation import boolean, one_of, read_query, record

WITH_PHOTOS, WITHOUT_PHOTOS, WITHOUT_SIZE = 1, -1, -1
_IDENTITIES = ("barcode", "nmId", "vendorCode", "techSize", "subjectName", "brand", "warehouses")
_FILTERS = {"filterPics": one_of(-1, 0, 1), "filterVolume": one_of(-1, 0, 3)}
_QUERY = record({"locale": one_of("ru", "en", "zh"), **dict.fromkeys(GROUPS, boolean), **_FILTERS})


async def order_report(call: Call) -> Answer:
    """A new report, grouped and filtered as asked."""
    pairs = call.request.query_params.multi_items()
    query = read_query(pairs, frozenset(_FILTERS), frozenset(GROUPS))
    if problems := _QUERY("", query):
        raise _bad_request(problems)

    def kept(product: Product) -> bool:
        return _matches(product, query.get("filterPics", 0), query.get("filterVolume", 0))

    groups = [group for group in GROUPS if query.get(group)]
    rows = remains_rows(call.shop, groups, kept)
    report = call.shop.remains.order(rows, call.now, call.world.behaviour)
    return Answer(head=serialise({"data": {"taskId": report.id}}), tail=b"")


async def report_status(call: Call) -> Answer:
    """How far a report is."""
    report = _find(call)
    status = status_at(report, call.now, call.world.behaviour)
    return Answer(head=serialise({"data": {"id": report.id, "status": status}}), tail=b"")


async def download(call: Call) -> Answer:
    """The rows of a report that is done; 204 where there are none."""
    report = _find(call)
    status = status_at(report, call.now, call.world.behaviour)
    if status != "done" or report.rows is None:
        raise report_refusal(404, "not found")
    if not report.rows:
        return Answer(head=b"", tail=b"", status=204)
    rows = [PlainRow(str(number), body) for number, body in enumerate(report.rows)]
    fields = json.loads(report.rows[0])
    identity = next(name for name in _IDENTITIES if name in fields)
    numbers = tuple(name for name in ("nmId", "volume") if name in fields) or (identity,)
    return Answer(rows, identity=identity, numbers=numbers, ordered=False)


def _matches(product: Product, photos: int, volume: int) -> bool:
    return (
        (photos != WITH_PHOTOS or product.photos > 0)
        and (photos != WITHOUT_PHOTOS or product.photos == 0)
        and volume != WITHOUT_SIZE  # every card of the simulator has its dimensions
        and (volume != LARGE_LITRES or litres(product) > LARGE_LITRES)
    )


def _find(call: Call) -> Report:
    if call.request.query_params:
        raise _bad_request([f"{name}: unknown parameter" for name in call.request.query_params])
    named = call.params["task_id"]
    try:
        task_id = str(uuid.UUID(named))
    except ValueError:
        detail = f"Invalid format for parameter task_id: error unmarshaling '{named}' text as *uuid.UUID"
        raise report_refusal(400, detail) from None
    try:
        return call.shop.remains.reports[task_id]
    except KeyError:
        raise report_refusal(404, "not found") from None


def _bad_request(problems: list[str]) -> Refusal:
    name, _, problem = problems[0].partition(": ")
    return report_refusal(400, f'parameter "{name}" in query has an error: {problem}')


_TASKS = "/api/v1/warehouse_remains/tasks/{task_id}"
METHODS = (
    Method("GET", "/api/v1/warehouse_remains", "seller-analytics-api", limits.REMAINS, order_report, writes=True),
    Method("GET", f"{_TASKS}/status", "seller-analytics-api", limits.REMAINS_STATUS, report_status),
    Method("GET", f"{_TASKS}/download", "seller-analytics-api", limits.REMAINS_DOWNLOAD, download),
)

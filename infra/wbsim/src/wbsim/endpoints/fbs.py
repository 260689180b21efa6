"""Assembly tasks (FBS) on marketplace-api: all of them, the new ones, the archive, and their statuses.

What the contract leaves open: ids that are nobody's are left out of the statuses, and a period without an end is thirty
days long.
"""

import json
from collections.abc import Callable
from itertools import islice
from typing import Any

from wbsim import limits
from wbsim.errors import Refusal, marketplace_problem, marketplace_refusal
from wbsim.fbs import Task, archived_row, is_kept, month_of, new_task_row, status_row, task_row
from wbsim.methods import Answer, Call, Method, PlainRow
from wbsim.orders import RowJson, serialise
from wbsim.times import DAY_SECONDS
from wbsim.validation import array, integer, read_query, record

LONGEST_DAYS = 30
MAX_ROWS = 1_000
NUMBERS = ("nmId", "price")

_PAGE = {"limit": integer(1, MAX_ROWS), "next": integer(0), "dateFrom": integer(0), "dateTo": integer(0)}
_ORDERS = record(_PAGE, frozenset({"limit", "next"}))
_ARCHIVE_PAGE = {"year": integer(2000, 9999), "month": integer(1, 12), "next": integer(0), "limit": integer(100, 1_000)}
_ARCHIVE = record(_ARCHIVE_PAGE, frozenset(_ARCHIVE_PAGE))
_STATUS = record({"orders": array(integer(), MAX_ROWS)}, frozenset({"orders"}))


async def orders(call: Call) -> Answer:
    """Tasks of the last three months after the one named by `next`, made within thirty days."""
    query = _query(call, _PAGE)
    if problems := _ORDERS("", query):
        raise _bad_request("; ".join(problems))
    start = query.get("dateFrom", int(call.now) - LONGEST_DAYS * DAY_SECONDS)
    end = query.get("dateTo", start + LONGEST_DAYS * DAY_SECONDS)
    if not 0 <= end - start <= LONGEST_DAYS * DAY_SECONDS:
        raise _bad_request(f"dateFrom, dateTo: at most {LONGEST_DAYS} days")

    def wanted(task: Task) -> bool:
        return start <= int(task.order.placed_at) <= end and is_kept(task, call.now)

    page, more = _page(call, query, wanted)
    last = page[-1].id if page else query["next"]
    follow = last if more or call.world.behaviour.fbs_end == "repeated" else 0
    return _answer(page, task_row, b'{"next":%d,"orders":[' % follow)


async def new_orders(call: Call) -> Answer:
    """Tasks that nobody has taken up or cancelled yet."""
    if call.request.query_params:
        raise _bad_request(f"{next(iter(call.request.query_params))}: unknown parameter")
    waiting = [task for task in call.shop.fbs.tasks.values() if task.end is None and task.stage == 0]
    return _answer(waiting, lambda task: new_task_row(task, marked=_is_marked(call, task)), b'{"orders":[')


async def archive(call: Call) -> Answer:
    """Tasks of one month that are older than three, after the one named by `next`; `next` null at the end."""
    query = _query(call, _ARCHIVE_PAGE)
    if problems := _ARCHIVE("", query):
        raise marketplace_problem(400, "BadRequest", "IncorrectParameter", "Incorrect parameter", problems)
    month = (query["year"], query["month"])
    page, more = _page(call, query, lambda task: month_of(task) == month and not is_kept(task, call.now))
    head = json.dumps({"next": page[-1].id if more else None})[:-1] + ', "orders": ['
    rows = [PlainRow(str(task.id), serialise(archived_row(task, marked=_is_marked(call, task)))) for task in page]
    return Answer(rows, head.encode(), b"]}", identity="id", numbers=("stickerId", "warehouseId"), ordered=False)


async def statuses(call: Call) -> Answer:
    """The statuses of the tasks asked for."""
    try:
        body = json.loads(await call.request.body())
    except ValueError:
        raise marketplace_refusal(400, "IncorrectRequestBody", "Некорректное тело запроса") from None
    problems = _STATUS("", body) + [f"{name}: unknown parameter" for name in call.request.query_params]
    if not problems and not body["orders"]:
        problems = ["orders: at least 1 item"]
    if problems:
        raise _bad_request("; ".join(problems))
    tasks = call.shop.fbs.tasks
    found = [tasks[task_id] for task_id in dict.fromkeys(body["orders"]) if task_id in tasks]
    rows = [PlainRow(str(task.id), serialise(status_row(task))) for task in found]
    return Answer(rows, b'{"orders":[', b"]}", identity="id", numbers=("id",), ordered=False)


def _query(call: Call, fields: dict[str, Any]) -> dict[str, Any]:
    query: dict[str, Any] = read_query(call.request.query_params.multi_items(), frozenset(fields), frozenset())
    return query


def _page(call: Call, query: dict[str, Any], wanted: Callable[[Task], bool]) -> tuple[list[Task], bool]:
    """The tasks of a page, and whether there are more."""
    found = (task for task in call.shop.fbs.after(query["next"]) if wanted(task))
    page = list(islice(found, query["limit"]))
    return page, next(found, None) is not None


def _answer(tasks: list[Task], row: Callable[[Task], RowJson], head: bytes) -> Answer:
    rows = [PlainRow(str(task.id), serialise(row(task))) for task in tasks]
    return Answer(rows, head, b"]}", identity="id", numbers=NUMBERS, ordered=False)


def _is_marked(call: Call, task: Task) -> bool:
    return bool(call.shop.products[task.order.nm_id].card["needKiz"])


def _bad_request(problem: str) -> Refusal:
    return marketplace_refusal(400, "IncorrectParameter", f"Передан некорректный параметр: {problem}")


METHODS = (
    Method("GET", "/api/v3/orders", "marketplace-api", limits.FBS_ORDERS, orders, sandbox=True),
    Method("GET", "/api/v3/orders/new", "marketplace-api", limits.FBS_ORDERS, new_orders, sandbox=True),
    Method("GET", "/api/marketplace/v3/fbs/orders/archive", "marketplace-api", limits.FBS_ORDERS, archive),
    Method("POST", "/api/v3/orders/status", "marketplace-api", limits.FBS_ORDERS, statuses, sandbox=True),
)

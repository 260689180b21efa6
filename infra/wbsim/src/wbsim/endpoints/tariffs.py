"""WB's tariffs on common-api: commission by subject; boxes, pallets and returns by warehouse on a day."""

import json
from collections.abc import Callable

from wbsim import limits
from wbsim.errors import tariffs_bad_request
from wbsim.limits import Limits
from wbsim.methods import Answer, Call, Method, PlainRow
from wbsim.orders import RowJson, serialise
from wbsim.sections.tariffs import box_rows, commission_rows, pallet_rows, return_rows
from wbsim.shop import Shop
from wbsim.times import parse_day
from wbsim.validation import one_of, record, text

_COMMISSION = record({"locale": one_of("ru", "en", "zh")})
_DAY = record({"date": text}, frozenset({"date"}))


async def commission(call: Call) -> Answer:
    """What WB takes, in percent, by subject and sales model."""
    query = dict(call.request.query_params)
    if problems := _COMMISSION("", query):
        raise tariffs_bad_request("api-statistics", "; ".join(problems))
    rows = commission_rows(call.shop, query.get("locale", "ru"))  # type: ignore[arg-type]  # one of the three
    return Answer(
        [PlainRow(str(row["subjectID"]), serialise(row)) for row in rows],
        b'{"report":[',
        b"]}",
        identity="subjectID",
        numbers=("parentID", "kgvpMarketplace"),
        ordered=False,
    )


def _of_day(
    path: str,
    bucket: Limits,
    rows_on: Callable[[Shop, int], list[RowJson]],
    next_dates: tuple[str, ...],
    last_date: str | None,
    number: str,
) -> Method:
    """A list of warehouses on a day; `next_dates` and `last_date` are what the answer calls the dates of tariffs."""

    async def answer(call: Call) -> Answer:
        query = dict(call.request.query_params)
        if problems := _DAY("", query):
            raise tariffs_bad_request("tariffs", "; ".join(problems))
        try:
            midnight = parse_day(query["date"])
        except ValueError:
            raise tariffs_bad_request("tariffs", "Invalid date param") from None
        begins, ends = call.shop.tariffs.dates(midnight)
        head = {"currency": call.shop.currency.code} | dict.fromkeys(next_dates, begins)
        head |= {last_date: ends} if last_date else {}
        return Answer(
            [PlainRow(row["warehouseName"], serialise(row)) for row in rows_on(call.shop, midnight)],
            b'{"response":{"data":' + json.dumps(head).encode()[:-1] + b',"warehouseList":[',
            b"]}}}",
            identity="warehouseName",
            numbers=(number,),
            ordered=False,
        )

    return Method("GET", path, "common-api", bucket, answer)


METHODS = (
    Method("GET", "/api/v1/tariffs/commission", "common-api", limits.TARIFFS_COMMISSION, commission),
    _of_day("/api/v1/tariffs/box", limits.TARIFFS_BOX, box_rows, ("dtNextBox",), "dtTillMax", "boxDeliveryBase"),
    _of_day(
        "/api/v1/tariffs/pallet",
        limits.TARIFFS_PALLET,
        pallet_rows,
        ("dtNextPallet",),
        "dtTillMax",
        "palletDeliveryValueBase",
    ),
    _of_day(
        "/api/v1/tariffs/return",
        limits.TARIFFS_RETURN,
        return_rows,
        ("dtNextDeliveryDumpKgt", "dtNextDeliveryDumpSrg", "dtNextDeliveryDumpSup"),
        None,
        "deliveryDumpSupOfficeBase",
    ),
)

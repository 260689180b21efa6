"""`GET /api/v1/feedbacks`: processed or unprocessed feedbacks by date."""

import json

from wbsim import limits
from wbsim.catalogue import PHOTO_BASE
from wbsim.errors import feedbacks_refusal
from wbsim.methods import Answer, Call, Method, PlainRow
from wbsim.orders import serialise
from wbsim.validation import boolean, integer, one_of, read_query, record

_INTEGERS = frozenset({"nmId", "take", "skip", "dateFrom", "dateTo"})
_QUERY = record(
    {
        "isAnswered": boolean,
        "nmId": integer(),
        "take": integer(1, 5000),
        "skip": integer(0, 199_990),
        "order": one_of("dateAsc", "dateDesc"),
        "dateFrom": integer(0),
        "dateTo": integer(0),
    },
    frozenset({"isAnswered", "take", "skip"}),
)


async def feedbacks(call: Call) -> Answer:
    """One page of feedbacks, newest first unless asked otherwise."""
    query = read_query(call.request.query_params.multi_items(), _INTEGERS, frozenset({"isAnswered"}))
    problems = _QUERY("", query)
    if problems:
        raise feedbacks_refusal(400, "; ".join(problems))
    found = [
        item
        for item in call.shop.feedbacks
        if item.processed == query["isAnswered"]
        and query.get("nmId", item.nm_id) == item.nm_id
        and query.get("dateFrom", 0) <= item.created_at <= query.get("dateTo", call.now)
    ]
    found.sort(key=lambda item: item.created_at, reverse=query.get("order") != "dateAsc")
    page = found[query["skip"] : query["skip"] + query["take"]]
    processed = sum(item.processed for item in call.shop.feedbacks)
    counts = {"countUnanswered": len(call.shop.feedbacks) - processed, "countArchive": processed}
    base = str(call.request.base_url).rstrip("/").encode()
    return Answer(
        [PlainRow(item.row["id"], serialise(item.row).replace(PHOTO_BASE.encode(), base)) for item in page],
        b'{"data":' + json.dumps(counts).encode()[:-1] + b',"feedbacks":[',
        b']},"error":false,"errorText":"","additionalErrors":null}',
        identity="id",
        numbers=("productValuation", "subjectId"),
    )


METHODS = (Method("GET", "/api/v1/feedbacks", "feedbacks-api", limits.FEEDBACKS, feedbacks, sandbox=True),)

"""`GET /api/v1/claims`: buyers' claims of the last 14 days, waiting or in the archive."""

import json

from wbsim import limits
from wbsim.catalogue import PHOTO_BASE
from wbsim.claims import WAITING, claim_row
from wbsim.errors import returns_bad_request
from wbsim.methods import Answer, Call, Method, PlainRow
from wbsim.orders import serialise
from wbsim.validation import boolean, integer, read_query, record, text

MAX_ROWS = 200

_INTEGERS = frozenset({"limit", "offset", "nm_id"})
_QUERY = record(
    {"is_archive": boolean, "id": text, "limit": integer(1, MAX_ROWS), "offset": integer(0), "nm_id": integer()},
    frozenset({"is_archive"}),
)


async def claims(call: Call) -> Answer:
    """One page of claims, newest first, and how many there are."""
    query = read_query(call.request.query_params.multi_items(), _INTEGERS, frozenset({"is_archive"}))
    if problems := _QUERY("", query):
        raise returns_bad_request(f"Failed to deserialize query string: {'; '.join(problems)}")
    rows = [claim_row(claim, call.now) for claim in call.shop.claims.readable(call.now)]
    found = [
        row
        for row in rows
        if (row["status"] != WAITING) == query["is_archive"]
        and query.get("id", row["id"]) == row["id"]
        and query.get("nm_id", row["nm_id"]) == row["nm_id"]
    ]
    offset = query.get("offset", 0)
    page = found[offset : offset + query.get("limit", MAX_ROWS)]
    base = str(call.request.base_url).rstrip("/").encode()
    return Answer(
        [PlainRow(row["id"], serialise(row).replace(PHOTO_BASE.encode(), base)) for row in page],
        b'{"claims":[',
        b"]," + json.dumps({"total": len(found)})[1:].encode(),
        identity="id",
        numbers=("nm_id", "price"),
        ordered=False,
    )


METHODS = (Method("GET", "/api/v1/claims", "returns-api", limits.CLAIMS, claims),)

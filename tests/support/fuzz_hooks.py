"""What Schemathesis cannot know of the interface: how times are made, and which refusals are right."""

import json
import os
import re
from datetime import date, datetime
from typing import Any
from uuid import uuid4

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, HookContext, Response
from schemathesis.openapi.checks import RejectedPositiveData

FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)
TOO_LARGE = 413
REPEATABLE = "Idempotency-Key"
KEPT = "FUZZ_KEPT"
"""In the environment: ids, as JSON, that administrators change nothing with."""

BY_THE_SCHEMA = "invalid_request"
"""The code of a refusal of what does not fit the schema."""

# Where a pattern leaves some days only, a day of any year would seldom be one of them.
_days = st.dates(FIRST, LAST)
_moments = st.datetimes(datetime(2000, 1, 2), datetime(2100, 12, 30))  # noqa: DTZ001  # of UTC, as it is spelt
schemathesis.openapi.format("date-time", _moments.map(lambda moment: f"{moment.isoformat()}Z"))
schemathesis.openapi.format("date", st.one_of(_days, _days.map(lambda day: day.replace(day=1)), st.dates()).map(str))


@schemathesis.hook
def before_call(context: HookContext, case: Case[Any], **_: Any) -> None:
    """A key of a request's own, for one that was used before is refused whatever else is right."""
    key = case.headers.get(REPEATABLE) if case.headers else None
    if isinstance(key, str) and re.fullmatch(r"[!-~]{1,255}", key):
        case.headers[REPEATABLE] = str(uuid4())
    record = case.path_parameters.get("record_id") if case.path_parameters else None
    if case.method != "GET" and record in json.loads(os.environ.get(KEPT, "[]")):
        case.path_parameters["record_id"] = str(uuid4())


@schemathesis.hook
def filter_failure(context: HookContext, failure: Any, case: Case[Any], response: Response) -> bool:
    """Whether a failure is one.

    What fits the schema may yet be refused for what no schema can say (that a cursor is of another list, that a period
    begins after its end, that a token is expired): with a code of its own, which the operation's description names.
    """
    if not isinstance(failure, RejectedPositiveData) or not 400 <= response.status_code < 500:
        return True
    if response.status_code == TOO_LARGE:  # a schema bounds each text and list, and not all of them together
        return str(TOO_LARGE) not in case.operation.definition.raw["responses"]
    code = response.json()["code"]
    return code == BY_THE_SCHEMA or f"`{code}`" not in json.dumps(case.operation.definition.raw, ensure_ascii=False)

"""Refusals, each in the shape of the WB service that gives it."""

import json
import time
import uuid
from collections.abc import Callable, Sequence
from http.client import responses
from typing import Any

from wbsim.times import problem_time

PROBLEM = "application/problem+json"
JSON = "application/json"
GATE_ORIGIN = "s2s-api-auth-catalog"
PAYMENT_REQUIRED = (
    "wb solution for business has insufficient funds on its balance. "
    "please top up the balance in the company's personal account"
)


class Refusal(Exception):
    """An answer other than the one asked for: status, body, media type, extra headers."""

    def __init__(self, status: int, body: bytes, media_type: str = JSON, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.media_type = media_type
        self.headers = headers or {}


def gate_problem(status: int, title: str, detail: str, reason: str, headers: dict[str, str] | None = None) -> Refusal:
    """What WB's gate answers (401, 403, 429): the same eight fields for every service."""
    body = {
        "title": title,
        "detail": detail,
        "code": f"07e4668e--{uuid.uuid4().hex[:12]}-[UK-wbsim]",
        "requestId": uuid.uuid4().hex,
        "origin": GATE_ORIGIN,
        "status": status,
        "statusText": reason,
        "timestamp": problem_time(time.time()),
    }
    return Refusal(status, _json(body), PROBLEM, headers)


def unauthorized(detail: str) -> Refusal:
    """401 for a token that is not valid."""
    return gate_problem(401, "unauthorized", detail, "Unauthorized")


def payment_required() -> Refusal:
    """402 for a seller whose service balance is empty."""
    return Refusal(402, _json({"title": "payment required", "detail": PAYMENT_REQUIRED}), PROBLEM)


def too_many_requests(detail: str, headers: dict[str, str] | None = None) -> Refusal:
    """429 with the gate's body."""
    return gate_problem(429, "too many requests", detail, "Too Many Requests", headers)


def global_limit(sid: str, headers: dict[str, str] | None = None) -> Refusal:
    """429 of the limiter over all methods of a seller; WB's own never says when to come back."""
    return too_many_requests(f"Limited by global limiter, per seller {sid}", headers)


def forbidden(host: str, path: str, detail: str) -> Refusal:
    """403 in the shape of the service behind the host."""
    if host.startswith("content-api"):
        return Refusal(403, _json(_flagged(detail) | {"additionalErrors": "Access denied"}))
    if host.startswith("feedbacks-api"):
        return feedbacks_refusal(403, detail)
    if host.startswith("discounts-prices-api"):
        return prices_refusal(403, detail)
    if host == "seller-analytics-api":
        return analytics_refusal(403, "Authorization error", detail)
    if path.startswith("/api/marketplace/"):
        return marketplace_problem(403, "AccessDenied", "AccessDenied", detail)
    if host.startswith("marketplace-api"):
        return marketplace_refusal(403, "AccessDenied", detail)
    return gate_problem(403, "forbidden", detail, "Forbidden")


def not_found(path: str) -> Refusal:
    """404 for a path or verb that no service has."""
    return gate_problem(404, "path not found", f"no such path: {path}", "Not Found")


def switched_off() -> Refusal:
    """404 of a method that WB has switched off for a while."""
    return gate_problem(404, "not found", "This method is temporarily disabled", "Not Found")


def server_error(status: int) -> Refusal:
    """A failure of WB's own: a short problem for any status."""
    return Refusal(status, _json({"title": "internal error", "status": status, "origin": "wbsim"}), PROBLEM)


def statistics_bad_request(problems: list[str]) -> Refusal:
    """400 of the statistics service: a list of problems, or one bare string for a value it cannot read."""
    only = problems[0]
    errors: Any = only if len(problems) == 1 and only.endswith("not validated") else problems
    return Refusal(400, _json({"errors": errors}))


def content_bad_request(problems: list[str]) -> Refusal:
    """400 of the content service."""
    return Refusal(400, _json(_flagged("; ".join(problems)) | {"additionalErrors": {}}))


def content_unreadable(status: int = 400) -> Refusal:
    """400 of the content service for a body that is no JSON: plain text."""
    return Refusal(status, b"Request body can not be decoded", "text/plain")


def analytics_refusal(status: int, title: str, detail: str) -> Refusal:
    """400 or 403 of the analytics service."""
    body = {"title": title, "detail": detail, "requestId": str(uuid.uuid4()), "origin": "analytics-open-api"}
    return Refusal(status, _json(body), PROBLEM if status == 403 else JSON)


def feedbacks_refusal(status: int, text: str) -> Refusal:
    """400 or 403 of the feedbacks service."""
    return Refusal(status, _json(_flagged(text) | {"additionalErrors": None, "requestId": str(uuid.uuid4())}))


def prices_refusal(status: int, text: str) -> Refusal:
    """400 or 403 of the prices service."""
    return Refusal(status, _json(_flagged(text)))


def returns_bad_request(detail: str) -> Refusal:
    """400 of the returns service."""
    body = {"title": "Invalid query params", "detail": detail, "requestId": str(uuid.uuid4())}
    return Refusal(400, _json(body), PROBLEM)


def tariffs_bad_request(origin: str, detail: str) -> Refusal:
    """400 of the tariffs services."""
    body = {"title": "Bad Request", "detail": detail, "requestId": uuid.uuid4().hex, "origin": origin}
    return Refusal(400, _json(body), PROBLEM)


def marketplace_refusal(status: int, code: str, message: str) -> Refusal:
    """400, 403, 404 or 409 of the marketplace service: a code word such as `IncorrectParameter`, and a text."""
    return Refusal(status, _json({"code": code, "message": message}))


def marketplace_problem(status: int, code: str, title: str, detail: str, problems: Sequence[str] = ()) -> Refusal:
    """400 or 403 of the marketplace service's newer methods; a problem begins with the name of its parameter."""
    body = {
        "code": code,
        "detail": detail,
        "errors": [
            {"location": f"query.{location}", "message": message.strip()}
            for location, _, message in (problem.partition(":") for problem in problems)
        ],
        "origin": "marketplace-public-api",
        "requestId": str(uuid.uuid4()),
        "status": status,
        "title": title,
    }
    return Refusal(status, _json(body), PROBLEM)


def report_refusal(status: int, detail: str) -> Refusal:
    """400 or 404 of the service that makes reports on demand."""
    body = {
        "detail": detail,
        "origin": "api-statistics",
        "requestId": uuid.uuid4().hex,
        "title": responses[status],
    }
    return Refusal(status, _json(body), PROBLEM if status == 404 else JSON)


def advert_refusal(status: int, title: str, detail: str) -> Refusal:
    """400 or 422 of the promotion service, whose request id is spelt `request_id`."""
    return Refusal(status, _json({"detail": detail, "title": title} | _of_adverts(status)))


def advert_too_long(days: int) -> Refusal:
    """400 of the promotion service for a period of too many days."""
    errors = [{"detail": f"max date range {days} days", "field": "begin and end"}]
    return Refusal(400, _json({"errors": errors, "title": "Invalid payload", "type": "bad request"} | _of_adverts(400)))


def advert_text(text: str) -> Refusal:
    """400 of those methods of the promotion service that complain in plain text."""
    return Refusal(400, text.encode(), "text/plain")


def finance_refusal(status: int, title: str, detail: str) -> Refusal:
    """400 or 404 of the finance service."""
    body = {
        "status": status,
        "title": title,
        "detail": detail,
        "requestId": str(uuid.uuid4()),
        "origin": "open-api-finreports",
    }
    return Refusal(status, _json(body), PROBLEM if status == 400 else JSON)


SHAPES: dict[str, Callable[[int], Refusal]] = {
    "gate": lambda status: gate_problem(
        status, "bad request", "request is not valid", responses.get(status, "Unknown")
    ),
    "no_path": lambda status: gate_problem(status, "path not found", "no such path", responses.get(status, "Unknown")),
    "statistics_list": lambda status: Refusal(status, _json({"errors": ["dateFrom: field required"]})),
    "statistics_text": lambda status: Refusal(status, _json({"errors": "dateFrom: Value not validated"})),
    "content": lambda status: Refusal(status, _json(_flagged("Invalid request") | {"additionalErrors": {}})),
    "content_text": content_unreadable,
    "analytics": lambda status: analytics_refusal(status, "Invalid request body", "code=400, message=invalid"),
    "feedbacks": lambda status: feedbacks_refusal(status, "Invalid request"),
    "marketplace": lambda status: marketplace_refusal(status, "IncorrectParameter", "Incorrect parameter"),
    "promotion": lambda status: advert_refusal(status, "invalid payload", "wrong bid value: 3; min: 150"),
    "empty": lambda status: Refusal(status, b""),
}
"""The error bodies that WB's services have, for any status: what a `status` fault can be told to answer."""


def _of_adverts(status: int) -> dict[str, Any]:
    return {"origin": "camp-api-public-cache", "request_id": uuid.uuid4().hex, "status": status}


def _flagged(text: str) -> dict[str, Any]:
    return {"data": None, "error": True, "errorText": text}


def _json(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()

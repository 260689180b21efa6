"""Errors as problem details (RFC 9457), whatever went wrong and wherever."""

from collections.abc import Mapping
from typing import Any

import asyncpg
import structlog
from contracts.model import Model
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import Field
from pydantic.json_schema import models_json_schema
from servicekit import faults
from servicekit.telemetry import current_trace_id
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request

from gateway.admission.problem_answers import AWAY, BROKEN, MEDIA_TYPE, RETRY_AFTER, title_of
from gateway.answers.answer import SCOPE_NAME
from gateway.answers.form import ANSWER_HEADERS, META_EXAMPLE, NOT_MODIFIED
from gateway.api.document import methods_at
from gateway.api.protection import SECURITY_HEADERS
from gateway.refusals import Refused

log = structlog.get_logger()

MAX_NAME_LENGTH = 40


class FieldError(Model):
    """One thing wrong with the request."""

    field: str = Field(description="where, e.g. body.token or query.limit", examples=["body.token"])
    message: str = Field(examples=["Field required"])


class ProblemDetails(Model):
    """RFC 9457. `code` is stable: programs may branch on it."""

    type: str = Field(examples=["urn:pulse:problem:token_expired"])
    title: str = Field(examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(description="what is wrong and what to do")
    code: str = Field(examples=["token_expired"])
    instance: str = Field(description="the path that was called", examples=["/api/v1/cabinets"])
    trace_id: str | None = Field(description="quote it when you report the problem")
    errors: tuple[FieldError, ...] | None = Field(default=None, description="with code invalid_request: each error")


class Problem(Exception):
    """Raised by a route to answer with an error."""

    def __init__(self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers


def install(app: FastAPI) -> None:
    """Answer every error of the app with problem details."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(Refused, _on_refused)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    for error in (SQLAlchemyError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        app.add_exception_handler(error, _on_outage)
    app.add_exception_handler(Exception, _on_failure)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses` of routes that answer with these errors."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    return {status: {"description": title_of(status), "content": content} for status in statuses}


def schemas() -> dict[str, Any]:
    """The schemas that `documented` refers to."""
    _, schema = models_json_schema([(ProblemDetails, "serialization")], ref_template="#/components/schemas/{model}")
    definitions: dict[str, Any] = schema["$defs"]
    return definitions


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)  # noqa: S101  # registered for this class alone
    if error.status == 503 and (past := _past(request)):
        return past
    return _answer(request, error.status, error.code, error.detail, headers=error.headers)


async def _on_refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)  # noqa: S101
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
    return _answer(request, error.status, error.code, error.detail, headers=headers)


async def _on_http_exception(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    code = title_of(error.status_code).lower().replace(" ", "_").replace("-", "_")
    headers = error.headers
    if error.status_code == 405 and (methods := methods_at(request.app.openapi(), request.url.path)):
        headers = {**(headers or {}), "Allow": ", ".join(methods)}  # Starlette names those of the first route alone
    return _answer(request, error.status_code, code, _explain(error), headers=headers)


async def _on_invalid_request(request: Request, error: Exception) -> JSONResponse:
    # FastAPI's own handler would send back the input, and with it a token.
    assert isinstance(error, RequestValidationError)  # noqa: S101
    errors = tuple(FieldError(field=_place(e["loc"]), message=e["msg"]) for e in error.errors())
    detail = "; ".join(f"{e.field}: {e.message}" for e in errors[:5])
    return _answer(request, 422, "invalid_request", detail, errors=errors)


async def _on_outage(request: Request, error: Exception) -> Response:
    if not faults.is_away(error):
        raise error
    log.warning("database.away", error=f"{type(error).__name__}: {error}"[:300])
    return _past(request) or _answer(request, 503, "database_unavailable", AWAY, headers=RETRY_AFTER)


def _past(request: Request) -> Response | None:
    """What a read was answered before, if it is still kept."""
    answer = request.scope.get(SCOPE_NAME)
    return answer and answer.past_response()


async def _on_failure(request: Request, _: Exception) -> JSONResponse:
    return _answer(request, 500, "internal_error", BROKEN)


def _answer(
    request: Request,
    status: int,
    code: str,
    detail: str,
    *,
    errors: tuple[FieldError, ...] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    problem = ProblemDetails(
        type=f"urn:pulse:problem:{code}",
        title=title_of(status),
        status=status,
        detail=detail,
        code=code,
        instance=request.url.path,
        trace_id=current_trace_id(),
        errors=errors,
    )
    return JSONResponse(
        problem.model_dump(exclude_none=True),
        status_code=status,
        media_type=MEDIA_TYPE,
        # An unforeseen error is answered outside the middleware that adds them.
        headers={**SECURITY_HEADERS, **(headers or {})},
    )


def _explain(error: HTTPException) -> str:
    match error.status_code:
        case 404:
            return "There is nothing at this path; /docs lists what there is."
        case 405:
            return "The path does not take this method; the Allow header names those it takes."
        case _:
            return str(error.detail)


def _place(location: tuple[int | str, ...]) -> str:
    # The name of an unknown field is the caller's text, and it may be a secret sent in the wrong place.
    return ".".join(str(part) if _is_plain(str(part)) else "?" for part in location)


def _is_plain(part: str) -> bool:
    return len(part) <= MAX_NAME_LENGTH and (part.isdigit() or part.replace("-", "_").isidentifier())


def answered(form: Any, *statuses: int, example: object = None) -> dict[str, Any]:
    """What describes a route that answers in this form (`answers.form`), or with these errors.

    `example` is one of its `data`.
    """
    answer: dict[str, Any] = {"headers": ANSWER_HEADERS}
    if example is not None:
        meta = META_EXAMPLE | ({"next_cursor": None} if isinstance(example, list) else {})
        answer["content"] = {"application/json": {"example": {"data": example, "meta": meta}}}
    return {"response_model": form, "responses": {200: answer, **NOT_MODIFIED, **documented(503, *statuses)}}

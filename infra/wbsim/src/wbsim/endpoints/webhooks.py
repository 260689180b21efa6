"""Webhooks on webhooks-api: a service of WB's catalogue makes them and removes them."""

import json
from typing import Any

from wbsim import errors, limits
from wbsim.admission import identify
from wbsim.errors import Refusal, gate_problem
from wbsim.methods import Answer, Call, Method
from wbsim.validation import Check, array, boolean, one_of, record, text
from wbsim.webhooks import EVENTS, SCOPES, subscribe

HOST = "webhooks-api"
_PATH = "/api/v1/webhooks"


def _url(name: str, value: Any) -> list[str]:
    if problems := text(name, value):
        return problems
    return [] if value.startswith("http://") else [f"{name}: must begin with http://"]


_SUBSCRIPTION: Check = record({"scope": one_of(*SCOPES), "event": one_of(*EVENTS)}, frozenset({"scope", "event"}))
_FIELDS: dict[str, Check] = {"enabled": boolean, "url": _url, "name": text, "subscriptions": array(_SUBSCRIPTION)}
_WEBHOOK: Check = record(_FIELDS, frozenset(_FIELDS))


async def make(call: Call) -> Answer:
    """A webhook of the service whose token it is: its id, and the secret that its requests prove to know."""
    token = identify(call.world, call.request.headers.get("authorization")).token
    if token.kind != "service":
        raise errors.forbidden(HOST, _PATH, "webhooks are for services of the catalogue")
    try:
        body = json.loads(await call.request.body())
    except ValueError:
        raise _bad_request("invalid JSON syntax") from None
    if problems := _WEBHOOK("", body):
        raise _bad_request("; ".join(problems))
    asked = body.pop("subscriptions")
    if not asked or any(EVENTS[each["event"]] != each["scope"] for each in asked):
        raise _bad_request("subscriptions: an event of its scope each, and one at least")
    if not all(token.allows(SCOPES[each["scope"]]) for each in asked):
        raise errors.forbidden(HOST, _PATH, "token scope not allowed")
    made = subscribe(call.shop, **body, events=[each["event"] for each in asked])
    call.world.webhooks[made.id] = made
    return Answer(head=json.dumps({"id": made.id, "secret": made.secret}).encode(), tail=b"")


async def remove(call: Call) -> Answer:
    """What is not sent by then never is; 404 for one of another seller too."""
    found = call.world.webhooks.get(call.params["id"])
    if found is None or found.sid != call.shop.sid:
        raise gate_problem(404, "not found", "no such webhook", "Not Found")
    del call.world.webhooks[found.id]
    return Answer(head=b"", tail=b"", status=204)


def _bad_request(detail: str) -> Refusal:
    return gate_problem(400, "bad request", detail, "Bad Request")


METHODS = (
    Method("POST", _PATH, HOST, limits.WEBHOOKS, make, writes=True),
    Method("DELETE", f"{_PATH}/{{id}}", HOST, limits.WEBHOOKS, remove, writes=True),
)

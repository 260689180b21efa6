"""Which parameters of operations name something of a tenant, and requests made of an operation's description."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from support.gateway import wb_token
from support.openapi import Operation, example_of

TENANTS = frozenset(
    {
        *(
            "cabinet_id",
            "order_id",
            "nm_id",
            "alert_id",
            "digest_id",
            "sync_id",
            "review_id",
            "question_id",
            "command_id",
            "delivery_id",
        ),
        *("webhook_id", "telegram_id", "invitation_id", "session_id", "target_id"),
    }
)
"""Parameters that name a thing which belongs to somebody. A new one needs an id in `support.shop` too."""

OF_A_USER = frozenset({"webhook_id", "session_id", "target_id"})
"""Things of one user, whatever cabinets he shares with others."""

PUBLIC = frozenset({"nm_id"})
"""Anybody may ask in a query, or say in a body, whether he has such a thing: an article of Wildberries."""

ALTERNATIVES = {"cabinet_id", "sync_id"}
"""A sync is asked for by its own id, or by its cabinet's."""

PLAIN: Mapping[str, str | None] = {
    **dict.fromkeys(("limit", "offset", "cursor", "from", "to", "sort", "history", "period", "group_by")),
    **dict.fromkeys(("format", "excel", "cancelled", "region", "stars", "status")),
    **dict.fromkeys(("state", "severity", "rule", "channel", "only_nm_ids", "currency", "abc", "xyz", "to_send")),
    **dict.fromkeys(("text", "brand", "subject", "size", "warehouse", "days_left_to")),
    **dict.fromkeys(("x-telegram-user-id", "if-none-match", "idempotency-key", "user-agent", "chrt_id", "resource")),
    "kind": "order_new",
    "valid_from": "2026-11-01",
    "month": "2026-11-01",
}
"""Parameters that name nothing of a tenant, each with a value where an operation requires one."""


def strange_parameters(operation: Operation) -> list[str]:
    """Those of which is not said whether they name something of a tenant."""
    names = {each["name"].lower() for each in operation.described.get("parameters", ())}
    if operation.body is not None:
        names |= {name for name in _names(example_of(operation.body)) if name.endswith(("_id", "_ids"))}
    return sorted(names - TENANTS - PLAIN.keys())


def named_things(operation: Operation) -> set[str]:
    """What of a tenant a request names: whoever may not see it is told that it is not there."""
    in_path = {each["name"] for each in operation.parameters("path")}
    asked = _query_names(operation)
    if asked >= ALTERNATIVES:
        asked -= {"cabinet_id"}
    if operation.body is not None:
        asked |= _names(example_of(operation.body))
    return (in_path | (asked - PUBLIC)) & TENANTS


def request(operation: Operation, ids: Mapping[str, Any]) -> dict[str, Any]:
    """The method, URL, query and body of a request about these things."""
    query = {each["name"]: PLAIN.get(each["name"]) for each in operation.parameters("query") if each.get("required")}
    for each in operation.parameters("query"):
        if each["name"] in ids and not (each["name"] == "cabinet_id" and _query_names(operation) >= ALTERNATIVES):
            query[each["name"]] = str(ids[each["name"]])
    made: dict[str, Any] = {
        "method": operation.method,
        "url": operation.path.format_map({name: str(value) for name, value in ids.items()}),
        "params": query,
    }
    if operation.body is not None:
        made["json"] = _about(example_of(operation.body), ids)
    return made


def _query_names(operation: Operation) -> set[str]:
    return {each["name"] for each in operation.parameters("query")}


def _names(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {name for each in value.values() for name in _names(each)}
    return {name for each in value for name in _names(each)} if isinstance(value, list) else set()


def _about(value: Any, ids: Mapping[str, Any]) -> Any:
    """An example of a body, of these things instead of its own."""
    if isinstance(value, list):
        return [_about(each, ids) for each in value]
    if not isinstance(value, dict):
        return value
    said = {name: _about(each, ids) for name, each in value.items()}
    said |= {name: str(ids[name]) for name in said.keys() & (ids.keys() - PUBLIC)}
    now = datetime.now(UTC)
    fresh = {
        "token": wb_token(),
        "until": (now + timedelta(days=1)).isoformat(),
        "since": (now - timedelta(hours=1)).isoformat(),
        "url": "https://93.184.216.34/hook",  # needs no resolving
    }
    return said | {name: value for name, value in fresh.items() if name in said}

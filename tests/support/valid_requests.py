"""What operations of the gateway take beside the ids in their paths."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from servicekit import clock

from support.gateway import wb_token

ENDPOINT = "https://1.1.1.1/hooks"

BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/api/v1/cabinets"): lambda _: {"token": wb_token()},
    ("PUT", "/api/v1/cabinets/{cabinet_id}/token"): lambda _: {"token": wb_token()},
    ("PATCH", "/api/v1/cabinets/{cabinet_id}"): lambda _: {"name": "Север"},
    ("PUT", "/api/v1/cabinets/{cabinet_id}/members/{telegram_id}"): lambda _: {"role": "viewer"},
    ("POST", "/api/v1/cabinets/{cabinet_id}/invitations"): lambda _: {"role": "viewer"},
    ("POST", "/api/v1/invitations/accept"): lambda _: {"token": "pulse_invite_unknown"},
    ("POST", "/api/v1/alerts/{alert_id}/snooze"): lambda _: {"until": str(clock.now() + timedelta(days=1))},
    ("POST", "/api/v1/auth/sign-out"): lambda _: None,
    ("POST", "/api/v1/webhooks"): lambda _: {"url": ENDPOINT},
    ("PUT", "/api/v1/webhooks/{webhook_id}"): lambda _: {"url": ENDPOINT},
    ("POST", "/api/v1/webhooks/{webhook_id}/secrets"): lambda _: {"previous_hours": 1},
    ("POST", "/api/v1/webhooks/{webhook_id}/replay"): lambda _: {"since": str(clock.now() - timedelta(days=1))},
    **dict.fromkeys(
        (("PUT", "/api/v1/notifications/settings"), ("PATCH", "/api/v1/notifications/settings")),
        lambda cabinet_id: {"rules": [{"cabinet_id": str(cabinet_id), "is_on": False}]},
    ),
    ("POST", "/api/v1/notifications/mutes"): lambda cabinet_id: {"cabinet_id": str(cabinet_id), "hours": 1},
    ("POST", "/api/v1/notifications/targets"): lambda _: {"channel": "firebase", "token": str(uuid4())},
    ("POST", "/api/v1/notifications/targets/{target_id}/confirm"): lambda _: {"code": "000000"},
    ("POST", "/api/v1/sync/start"): lambda cabinet_id: {"cabinet_id": str(cabinet_id)},
}
ROWS: dict[str, dict[str, Any]] = {
    "costs": {"nm_id": 7, "valid_from": "2026-11-01", "cost": "520.00"},
    "tax": {"valid_from": "2026-11-01", "percent": "6.00", "base": "income"},
    "other-costs": {"nm_id": 7, "valid_from": "2026-11-01", "amount": "12.00"},
    "lead-times": {"nm_id": 7, "valid_from": "2026-11-01", "lead_days": 10},
    "plan": {"nm_id": 7, "month": "2026-11-01", "orders": 100},
}
"""What is entered, by the end of its path."""


def rest_of(method: str, path: str) -> dict[str, Any]:
    """What an operation needs beside the ids that it takes."""
    kind = path.rpartition("/")[2]
    if kind in ("answer", "reject"):
        return {"json": {"text": "Спасибо"}}
    if path.endswith("/settings/effective"):
        return {"params": {"kind": "order_new"}}
    if path.endswith(("/status", "/completeness")):
        return {"params": {"cabinet_id": str(uuid4())}}
    if kind in ROWS and method == "PUT":
        return {"json": {"rows": [ROWS[kind]]}}
    if kind in ROWS and method == "DELETE":
        return {"params": {name: ROWS[kind][name] for name in ("nm_id", "valid_from", "month") if name in ROWS[kind]}}
    return {}

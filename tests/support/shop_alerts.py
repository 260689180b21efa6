"""Alerts put straight into the reporter's table, and as the gateway lists them."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from reporter.tables import alerts
from servicekit.db import Database

from support.facts import put
from support.gateway import User
from support.reporting import NOON

BODY: dict[str, Any] = {
    "chrt_id": None,
    "feedback_id": None,
    "report_id": None,
    "resource": None,
    "money_at_risk": "34950.64",
    "currency": "RUB",
    "figures": {"days_left": "2.86"},
}


async def put_alert(database: Database, cabinet_id: UUID, subject: str, *, hours_ago: int = 0, **alert: Any) -> None:
    """Store an alert that is open, of which only what a test is about is told."""
    at = NOON - timedelta(hours=hours_ago)
    row = {
        "alert_id": uuid4(),
        "rule": "running_out",
        "subject": subject,
        "nm_id": 7,
        "severity": "warning",
        "body": BODY,
        "episode": 1,
        "revision": 1,
        "raised_at": at,
        "raised_by": "live",
        "changed_at": at,
    }
    await put(database, alerts, cabinet_id, {**row, **alert})


async def listed(user: User, **params: Any) -> list[str]:
    answer = await user.get("/alerts", **params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Total-Count"] == str(len(answer.json()["data"]))
    return [alert["subject"] for alert in answer.json()["data"]]

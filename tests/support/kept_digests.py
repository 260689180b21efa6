"""Digests as the reporter keeps and publishes them, put there without its work."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from reporter.tables import digests
from servicekit.db import Database

from support.facts import put
from support.reporting import NOON

EXAMPLE = Path(__file__).parents[2] / "contracts/examples/digest.prepared.v1.json"
LENGTH = {"day": 1, "week": 7, "month": 30}


async def put_digest(database: Database, cabinet_id: UUID, kind: str, first_day: date, **digest: Any) -> str:
    """Store a digest with the body of the golden example; its id."""
    last_day = first_day + timedelta(days=LENGTH[kind] - 1)
    body = {
        **json.loads(EXAMPLE.read_text("utf-8"))["data"],
        "kind": kind,
        "first_day": first_day.isoformat(),
        "last_day": last_day.isoformat(),
    }
    row = {"kind": kind, "first_day": first_day, "last_day": last_day, "revision": 1, "prepared_at": NOON}
    await put(database, digests, cabinet_id, {**row, "body": body, **digest})
    return f"{cabinet_id}.{kind}.{first_day.isoformat()}"

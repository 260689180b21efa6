"""Feedbacks and questions as the reporter keeps and publishes them, put there without the way they take."""

from datetime import datetime
from typing import Any
from uuid import UUID

from reporter.tables import feedbacks, questions
from servicekit.db import Database

from support.facts import put
from support.reporting import NOON


async def put_feedback(
    database: Database, cabinet_id: UUID, name: str, stars: int | None = 5, *, at: datetime = NOON, **fields: Any
) -> None:
    """Store a feedback of which only what a test is about is told."""
    row = {"id": name, "nm_id": 1, "valuation": stars, "bables": [], "created_at": at, **fields}
    await put(database, feedbacks, cabinet_id, row)


async def put_question(database: Database, cabinet_id: UUID, name: str, *, at: datetime = NOON, **fields: Any) -> None:
    """Store a question likewise."""
    await put(database, questions, cabinet_id, {"id": name, "nm_id": 1, "state": "new", "created_at": at, **fields})

"""Alerts that come with time alone: at the hour that it is time, once, and not of what is yet to be counted."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from contracts.alerts import AlertsRaisedV1
from contracts.envelope import Event, Origin
from contracts.feedbacks import ChangedFeedback, FeedbacksUpdatedV1
from contracts.questions import ChangedQuestion, QuestionsUpdatedV1
from reporter import cabinets
from reporter.cabinet_locks import CabinetLocks
from reporter.figures.pacing import Pace
from reporter.jobs import look_again as job
from servicekit.db import Database
from servicekit.events import new_event
from structlog.testing import capture_logs
from support.outbox_rows import published
from support.reporting import NOON, cabinet_disconnected
from support.stored_alerts import open_rules, steps, told

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]


async def look_again(database: Database, hours: float, *, limit: int = 500) -> int:
    """So many hours after noon."""
    now = NOON + timedelta(hours=hours)
    return await job.look_again(database, CabinetLocks(), Pace(), lambda: now, limit=limit)


def reviewed(cabinet_id: UUID, *stars: int | None, origin: Origin = Origin.LIVE, **fields: Any) -> Event[Any]:
    """Reviews of as many items, written at noon."""
    reviews = tuple(
        ChangedFeedback.model_validate(
            {"id": f"f{n}", "created_at": NOON, "nm_id": n, "valuation": valuation, "text": "Тонкая ткань"}
            | {"revision": 1, "change": "new", **fields}
        )
        for n, valuation in enumerate(stars, start=1)
    )
    return new_event(FeedbacksUpdatedV1(feedbacks=reviews), cabinet_id=cabinet_id, origin=origin)


def asked(cabinet_id: UUID, **fields: Any) -> Event[Any]:
    values = {"id": "q", "created_at": NOON, "nm_id": 1, "text": "Есть синий?", "revision": 1, "change": "new"}
    question = ChangedQuestion.model_validate(values | fields)
    return new_event(QuestionsUpdatedV1(questions=(question,)), cabinet_id=cabinet_id)


async def test_what_nobody_answers_is_told_of_at_its_hour_once(
    fold: Fold, count_stale: CountStale, reporter_db: Database, cabinet_id: UUID
) -> None:
    await fold(reviewed(cabinet_id, 1, 5, 3, None), asked(cabinet_id))
    await count_stale()
    assert await open_rules(reporter_db) == ["bad_review", "bad_review", "question_waiting"]
    assert await look_again(reporter_db, 23.9) == 0
    # By pages: items 1 and 3 have a bad review, 1 the question as well.
    assert await look_again(reporter_db, 24, limit=1) == 2
    assert await look_again(reporter_db, 24.1) == 0
    assert await steps(reporter_db, "question_waiting") == ["raised", "updated"]
    reminders = [alert for _, alert in await told(reporter_db) if alert.rule == "review_unanswered"]
    assert [(each.nm_id, each.severity, each.figures["after_hours"]) for each in reminders] == [
        (1, "warning", 24),
        (3, "warning", 24),
    ]
    assert await look_again(reporter_db, 47.9) == 0
    assert await look_again(reporter_db, 48) == 2
    assert await look_again(reporter_db, 49) == 0
    later = [alert for _, alert in await told(reporter_db) if alert.rule == "review_unanswered"]
    assert {(each.nm_id, each.severity) for each in later} - {(1, "warning"), (3, "warning")} == {
        (2, "info"),
        (4, "info"),
    }
    assert {event.origin for event in await published(reporter_db, AlertsRaisedV1.TYPE)} == {Origin.LIVE}


async def test_an_answer_ends_it(fold: Fold, count_stale: CountStale, reporter_db: Database, cabinet_id: UUID) -> None:
    await fold(reviewed(cabinet_id, 5, 5), asked(cabinet_id))
    await count_stale()
    await look_again(reporter_db, 48)
    answered: dict[str, Any] = {"revision": 2, "change": "changed", "answer_text": "Спасибо"}
    await fold(reviewed(cabinet_id, 5, **answered), asked(cabinet_id, **answered))
    await count_stale()
    assert await steps(reporter_db, "question_waiting") == ["raised", "updated", "resolved"]
    assert await steps(reporter_db, "review_unanswered") == ["raised", "resolved", "raised"]
    assert await look_again(reporter_db, 49) == 0


async def test_what_a_backfill_brought_and_is_not_counted_yet_is_told_to_nobody(
    fold: Fold, count_stale: CountStale, reporter_db: Database, cabinet_id: UUID
) -> None:
    await fold(reviewed(cabinet_id, 5))
    await count_stale()
    old: dict[str, Any] = {"created_at": NOON - timedelta(hours=50), "id": "old"}
    await fold(reviewed(cabinet_id, 5, origin=Origin.BACKFILL, **old))
    assert await look_again(reporter_db, 1) == 0
    await count_stale()
    [event] = await published(reporter_db, AlertsRaisedV1.TYPE)
    assert (event.origin, event.data.alerts[0].rule) == (Origin.BACKFILL, "review_unanswered")
    assert await look_again(reporter_db, 1) == 0


async def test_a_cabinet_that_fails_holds_up_no_other_and_one_that_is_gone_is_left_alone(
    fold: Fold, count_stale: CountStale, reporter_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing, gone, other = (UUID(int=n) for n in (1, 2, 3))
    for cabinet_id in (failing, gone, other):
        await fold(reviewed(cabinet_id, 5))
    await count_stale()
    await fold(cabinet_disconnected(gone))
    hold = cabinets.hold

    async def fail(connection: Any, cabinet_id: UUID) -> bool:
        if cabinet_id == failing:
            raise ZeroDivisionError
        return await hold(connection, cabinet_id)

    monkeypatch.setattr(cabinets, "hold", fail)
    with capture_logs() as logs:
        await look_again(reporter_db, 48)
    assert [line["cabinet_id"] for line in logs if line["event"] == "alerts.look_failed"] == [f"{failing}"]
    assert [event.cabinetid for event in await published(reporter_db, AlertsRaisedV1.TYPE)] == [other]

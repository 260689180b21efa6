"""Reviews as they are read from the facts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal as D
from typing import Any
from uuid import UUID

from contracts.items import Reviews
from reporter.figures.sections.reviews import count
from reporter.tables import feedbacks, questions
from servicekit.db import Database
from support.facts import put
from support.reporting import NOON, TODAY
from support.rows import statements

WEEK_BEGINS = datetime(2026, 11, 13, 21, tzinfo=UTC)
"""Moscow's midnight that begins the last seven days."""


def feedback(name: str, stars: int | None, **fields: Any) -> dict[str, Any]:
    return {"id": name, "nm_id": 1, "valuation": stars, "created_at": NOON - timedelta(days=60), **fields}


async def counted(database: Database, cabinet_id: UUID, *nm_ids: int) -> dict[tuple[int, str], Reviews]:
    async with database.transaction() as connection:
        return await count(connection, cabinet_id, nm_ids, TODAY)


async def test_stars_of_the_item_and_of_the_last_seven_moscow_days(reporter_db: Database, cabinet_id: UUID) -> None:
    await put(
        reporter_db,
        feedbacks,
        cabinet_id,
        *(feedback(f"old {n}", 5) for n in range(3)),
        feedback("old 4", 4),
        feedback("just before", 2, created_at=WEEK_BEGINS - timedelta(seconds=1)),
        feedback("week begins", 3, created_at=WEEK_BEGINS),
        feedback("today", 1, created_at=NOON),
    )
    told = await counted(reporter_db, cabinet_id, 1)
    assert told == {
        (1, ""): Reviews(
            rating=D("3.57"),
            count=7,
            stars=(1, 1, 1, 1, 3),
            rating_week_ago=D("4.20"),
            bad_week=2,
            count_week=2,
            unanswered=0,
            unanswered_questions=0,
        )
    }


async def test_what_waits_for_an_answer(reporter_db: Database, cabinet_id: UUID) -> None:
    await put(
        reporter_db,
        feedbacks,
        cabinet_id,
        feedback("stars only", 5),
        feedback("answered", 5, text="Хорошо", answer_text="Спасибо", created_at=NOON - timedelta(days=99)),
        feedback("answer is looked at", 5, text="Да", answer_text="Спасибо", answer_state="reviewRequired"),
        feedback("answer was rejected", 5, text="Да", answer_text="…", answer_state="rejected", created_at=NOON),
        feedback("text", 4, text="Хорошо", created_at=NOON - timedelta(days=2)),
        feedback("only what is bad", 2, text="", cons="Тонкая", created_at=NOON - timedelta(days=3)),
    )
    await put(
        reporter_db,
        questions,
        cabinet_id,
        {"id": "new", "nm_id": 1, "state": "suppliersPortalSynch", "created_at": NOON - timedelta(days=4)},
        {"id": "of a state yet unknown", "nm_id": 1, "state": "other"},
        {"id": "of no state", "nm_id": 1, "state": None},
        {"id": "rejected", "nm_id": 1, "state": "none", "created_at": NOON - timedelta(days=9)},
        {"id": "answered", "nm_id": 1, "state": "wbRu", "answer_text": "Да"},
    )
    told = (await counted(reporter_db, cabinet_id, 1))[1, ""]
    assert (told.unanswered, told.unanswered_questions) == (3, 3)
    assert told.oldest_unanswered_at == NOON - timedelta(days=4)


async def test_an_addition_is_no_second_vote_but_waits_for_its_answer(reporter_db: Database, cabinet_id: UUID) -> None:
    await put(
        reporter_db,
        feedbacks,
        cabinet_id,
        feedback("first", 5, child_id="added"),
        feedback("added", 1, parent_id="first", text="Порвалась"),
        feedback("of no stars", 0),
    )
    told = (await counted(reporter_db, cabinet_id, 1))[1, ""]
    assert (told.rating, told.count, told.unanswered) == (D("5.00"), 1, 1)


async def test_items_and_what_names_none_add_up_to_the_cabinet(reporter_db: Database, cabinet_id: UUID) -> None:
    await put(
        reporter_db,
        feedbacks,
        cabinet_id,
        feedback("a", 5),
        feedback("b", 2, nm_id=2, created_at=NOON),
        feedback("c", 3, nm_id=None),
    )
    await put(reporter_db, questions, cabinet_id, {"id": "q", "nm_id": 3, "state": "new"})
    with statements(reporter_db) as sent:
        told = await counted(reporter_db, cabinet_id, 0, 1, 2, 3, 4)
    assert len(sent) == 1
    assert sorted(nm_id for nm_id, _ in told) == [0, 1, 2, 3]
    assert (told[0, ""].stars, told[0, ""].bad_week, told[0, ""].unanswered_questions) == ((0, 1, 1, 0, 1), 1, 1)
    assert (told[3, ""].rating, told[3, ""].count, told[3, ""].rating_week_ago) == (None, 0, None)

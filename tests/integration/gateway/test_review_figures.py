"""What buyers wrote in a period beside the one before, in all and by day and item."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from contracts.items import Section
from servicekit import clock
from servicekit.db import Database
from support.gateway import User
from support.item_figures import keep_figures
from support.plans import noted
from support.reporting import NOON
from support.shop_items import put_card, some_reviews
from support.written import put_feedback, put_question

DAY = timedelta(days=1)


@pytest.fixture
async def cabinet(alice: User, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """Alice's cabinet, at noon."""
    monkeypatch.setattr(clock, "now", lambda: NOON)
    return await alice.connect()


async def report(user: User, **params: Any) -> dict[str, Any]:
    answer = await user.get("/analytics/reviews", period=7, **params)
    assert answer.status_code == 200, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


@pytest.fixture
async def written(alice: User, cabinet: UUID, reporter_db: Database) -> UUID:
    """What was written of two items of two cabinets; the second one."""
    second = await alice.connect()
    await put_feedback(reporter_db, cabinet, "a", 5, text="Да")
    await put_feedback(reporter_db, cabinet, "b", 2, at=NOON - DAY)
    await put_feedback(reporter_db, cabinet, "adds", 1, at=NOON, parent_id="b", text="Порвалась")
    await put_feedback(reporter_db, second, "c", 4, at=NOON - 6 * DAY, nm_id=2)
    await put_feedback(reporter_db, cabinet, "before", 3, at=NOON - 7 * DAY)
    await put_feedback(reporter_db, cabinet, "before the last", 5, at=NOON - 13 * DAY)
    await put_feedback(reporter_db, cabinet, "long ago", 1, at=NOON - 14 * DAY)
    await put_question(reporter_db, cabinet, "q", at=NOON - DAY)
    await put_question(reporter_db, second, "answered", at=NOON - 8 * DAY, state="wbRu", answer_text="Да", nm_id=None)
    return second


async def test_the_period_beside_the_one_before(alice: User, written: UUID) -> None:
    total = (found := await report(alice))["total"]
    assert total["figures"] == {
        "feedbacks": 4, "stars": [0, 1, 0, 1, 1], "rating": "3.67", "bad": 1, "waiting": 2, "questions": 1,
        "waiting_questions": 1,
    }  # fmt: skip
    assert total["before"] == {
        "feedbacks": 2, "stars": [0, 0, 1, 0, 1], "rating": "4.00", "bad": 1, "waiting": 0, "questions": 1,
        "waiting_questions": 0,
    }  # fmt: skip
    assert total["change"] == {"feedbacks": "100.00", "bad": "0.00", "questions": "0.00", "rating": "-0.33"}
    assert found["period"].items() >= {"first_day": "2026-11-14", "previous_first_day": "2026-11-07"}.items()
    assert (await report(alice, nm_id=2))["total"]["figures"]["stars"] == [0, 0, 0, 1, 0]


async def test_by_day_beside_the_day_as_many_before(alice: User, written: UUID) -> None:
    found = await report(alice)
    days = [(each["day"], each["figures"]["feedbacks"], each["before"]["feedbacks"]) for each in found["groups"]]
    assert days == [("2026-11-20", 2, 1), ("2026-11-19", 1, 0), ("2026-11-14", 1, 1)]
    assert found["groups"][0]["before"]["stars"] == [0, 0, 1, 0, 0]
    assert found["groups_total"] == 3


async def test_by_item_with_its_name(alice: User, cabinet: UUID, written: UUID, reporter_db: Database) -> None:
    await put_card(reporter_db, written, 2, title="Худи")
    found = await report(alice, group_by="item")
    assert [(each["nm_id"], each["title"], each["figures"]["feedbacks"]) for each in found["groups"]] == [
        (1, None, 3), (2, "Худи", 1), (None, None, 0),
    ]  # fmt: skip
    [second] = (await report(alice, group_by="item", limit=1, offset=1))["groups"]
    assert (second["nm_id"], second["cabinet_id"]) == (2, str(written))


async def test_all_that_was_ever_written_of_all_cabinets(alice: User, cabinet: UUID, reporter_db: Database) -> None:
    second = await alice.connect()
    for owner, waiting, at in ((cabinet, 2, NOON), (second, 1, NOON - DAY)):
        section = some_reviews(
            stars=(1, 0, 0, 0, 1), unanswered=waiting, unanswered_questions=1, oldest_unanswered_at=at
        )
        await keep_figures(reporter_db, owner, {(Section.REVIEWS, ""): section}, 0)
    assert (await report(alice))["ever"] == {
        "rating": str(Decimal("3.00")), "count": 4, "stars": [2, 0, 0, 0, 2], "waiting": 3, "waiting_questions": 2,
        "oldest_waiting_at": (NOON - DAY).isoformat().replace("+00:00", "Z"),
    }  # fmt: skip


async def test_nothing_of_anybody_else_and_as_many_statements_for_nothing_as_for_much(
    alice: User, bob: User, written: UUID
) -> None:
    await bob.connect()
    counts = []
    for user in (bob, alice):
        with noted(user.gateway) as sent:
            found = await report(user)
        counts.append(sent.of_views())
    assert counts[0] == counts[1]
    assert found["total"]["figures"]["feedbacks"] == 4
    assert (await report(bob))["total"]["figures"] == {
        "feedbacks": 0, "stars": [0] * 5, "rating": None, "bad": 0, "waiting": 0, "questions": 0,
        "waiting_questions": 0,
    }  # fmt: skip
    assert (await alice.get("/analytics/reviews", cabinet_id=await bob.connect())).status_code == 404

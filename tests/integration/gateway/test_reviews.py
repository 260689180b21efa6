"""Reading what buyers wrote and asked: lists with filters and pages, and one of them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from contracts.feedbacks import ChangedFeedback, FeedbacksUpdatedV1
from contracts.questions import ChangedQuestion, QuestionsUpdatedV1
from gateway import lists
from reporter.figures import tags
from servicekit.db import Database
from servicekit.events import new_event
from support.gateway import Gateway, User
from support.reporting import NOON
from support.written import put_feedback, put_question

HOUR = timedelta(hours=1)


@pytest.fixture
async def cabinet(alice: User) -> UUID:
    """Alice's cabinet."""
    return await alice.connect()


async def listed(user: User, path: str = "/reviews", **params: Any) -> list[str]:
    answer = await user.get(path, **params)
    assert answer.status_code == 200, answer.text
    return [row[f"{path[1:-1]}_id"] for row in answer.json()["data"]]


async def test_a_feedback_with_everything_that_is_known(alice: User, cabinet: UUID, reporter_db: Database) -> None:
    told: dict[str, Any] = {
        "text": "Тёплое",
        "pros": "Ткань",
        "bables": ["качество"],
        "size": "M",
        "product_name": "Худи",
    }
    await put_feedback(reporter_db, cabinet, "a", 4, **told)
    [review] = (await alice.get("/reviews")).json()["data"]
    assert review.items() >= {
        "review_id": "a", "cabinet_id": str(cabinet), "nm_id": 1, "stars": 4, "text": "Тёплое", "pros": "Ткань",
        "cons": None, "tags": ["качество"], "size": "M", "product_name": "Худи", "is_waiting": True, "parent_id": None,
    }.items()  # fmt: skip
    assert (await alice.get("/reviews/a")).json()["data"] == review
    assert (await alice.get("/reviews/b")).json()["code"] == "review_not_found"


async def test_filters_of_feedbacks(alice: User, cabinet: UUID, reporter_db: Database) -> None:
    answered = {"text": "Хорошо", "answer_text": "Спасибо, ЖДЁМ", "answer_state": "wbRu"}
    await put_feedback(reporter_db, cabinet, "stars only", 5)
    await put_feedback(reporter_db, cabinet, "answered", 5, at=NOON - HOUR, **answered)
    await put_feedback(reporter_db, cabinet, "waits", 1, at=NOON - 2 * HOUR, cons="Тонкая ткань", nm_id=2)
    rejected = {"text": "Да", "answer_text": "…", "answer_state": "rejected"}
    await put_feedback(reporter_db, cabinet, "rejected", 1, at=NOON - 24 * HOUR, **rejected)
    assert await listed(alice) == ["stars only", "answered", "waits", "rejected"]
    assert await listed(alice, state="waiting") == ["waits", "rejected"]
    assert await listed(alice, state="answered") == ["answered"]
    assert await listed(alice, stars=1) == ["waits", "rejected"]
    assert await listed(alice, nm_id=2) == ["waits"]
    assert await listed(alice, nm_id=1, state="waiting", stars=1) == ["rejected"]
    assert await listed(alice, text="ТКАНЬ") == ["waits"]
    assert await listed(alice, text="ждём") == ["answered"]
    assert await listed(alice, **{"from": "2026-11-20"}) == ["stars only", "answered", "waits"]
    assert await listed(alice, to="2026-11-19") == ["rejected"]
    assert await listed(alice, **{"from": "2026-11-20", "to": "2026-11-20"}, stars=5) == ["stars only", "answered"]


async def test_questions(alice: User, cabinet: UUID, reporter_db: Database) -> None:
    await put_question(reporter_db, cabinet, "waits", text="На рост 185?")
    await put_question(reporter_db, cabinet, "answered", at=NOON - HOUR, state="wbRu", answer_text="Да", nm_id=2)
    await put_question(reporter_db, cabinet, "rejected", at=NOON - 24 * HOUR, state="none")
    assert await listed(alice, "/questions") == ["waits", "answered", "rejected"]
    assert await listed(alice, "/questions", state="waiting") == ["waits"]
    assert await listed(alice, "/questions", state="answered", nm_id=2) == ["answered"]
    assert await listed(alice, "/questions", text="РОСТ") == ["waits"]
    assert await listed(alice, "/questions", to="2026-11-19") == ["rejected"]
    [question, *_] = (await alice.get("/questions")).json()["data"]
    assert (question["text"], question["is_waiting"], question["answered_at"]) == ("На рост 185?", True, None)
    assert (await alice.get("/questions/waits")).json()["data"] == question
    assert (await alice.get("/questions/other")).json()["code"] == "question_not_found"


async def test_another_ones_are_not_there(alice: User, bob: User, cabinet: UUID, reporter_db: Database) -> None:
    foreign = await bob.connect()
    await put_feedback(reporter_db, foreign, "a")
    await put_question(reporter_db, foreign, "a")
    for path in ("/reviews", "/questions"):
        assert await listed(alice, path) == []
        assert (await alice.get(path, cabinet_id=foreign)).status_code == 404
        assert (await alice.get(f"{path}/a")).status_code == 404
        assert (await bob.get(f"{path}/a")).status_code == 200


@pytest.mark.parametrize("params", [{"stars": 6}, {"state": "open"}, {"text": "a\0"}, {"cursor": "WyIiXQ"}])
async def test_a_question_that_makes_no_sense_is_refused(alice: User, params: dict[str, Any]) -> None:
    assert (await alice.get("/reviews", **params)).status_code == 422


async def test_a_period_that_ends_before_it_begins_is_refused(alice: User) -> None:
    for path in ("/reviews", "/questions"):
        answer = await alice.get(path, **{"from": "2026-11-02", "to": "2026-11-01"})
        assert (answer.status_code, answer.json()["code"]) == (422, "period_invalid")


@pytest.mark.parametrize("looked_at", [2, 6, 40, 5_000])
async def test_pages_of_filters_together_meet_every_row_once_however_few_each_looks_at(
    alice: User, cabinet: UUID, reporter_db: Database, monkeypatch: pytest.MonkeyPatch, looked_at: int
) -> None:
    monkeypatch.setattr(lists, "LOOKED_AT", looked_at)
    second = await alice.connect()
    expected = []
    for n in range(30):
        owner, stars, words = (cabinet, second)[n % 3 == 0], 1 + n % 2, "ткань" if n % 5 == 0 else "цвет"
        # Some at the same moment, so that the order among them counts too.
        name, at = f"{n:02}", NOON - (n // 4) * HOUR
        await put_feedback(reporter_db, owner, name, stars, at=at, text=words)
        if stars == 1 and words == "ткань":
            expected.append((-(n // 4), name))
    in_order = [name for _, name in sorted(expected, reverse=True)]
    for limit in (1, 2, 200):
        params: dict[str, Any] = {"stars": 1, "text": "ткань", "limit": limit}
        seen, cursor, pages = list[str](), None, 0
        while True:
            answer = await alice.get("/reviews", **params, cursor=cursor)
            seen += [row["review_id"] for row in answer.json()["data"]]
            cursor, pages = answer.json()["meta"]["next_cursor"], pages + 1
            if pages == 1:
                is_cut = answer.headers["X-Total-Count-Is"] == "at-least"
                assert is_cut == (looked_at < 40)
                assert int(answer.headers["X-Total-Count"]) <= len(in_order)
            if cursor is None:
                break
        assert seen == in_order
        assert pages <= 32
    # By offset as far as it looks, and from there by cursor.
    by_offset = await alice.get("/reviews", stars=1, text="ткань", offset=2)
    rest = [row["review_id"] for row in by_offset.json()["data"]]
    while (cursor := by_offset.json()["meta"]["next_cursor"]) is not None:
        by_offset = await alice.get("/reviews", stars=1, text="ткань", cursor=cursor)
        rest += [row["review_id"] for row in by_offset.json()["data"]]
    assert rest == in_order[-len(rest) :]
    assert len(rest) <= len(in_order)


async def test_a_long_list_is_counted_so_far(
    alice: User, cabinet: UUID, reporter_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(4):
        await put_feedback(reporter_db, cabinet, str(n), at=NOON - n * HOUR)
    exact = await alice.get("/reviews", limit=1)
    assert (exact.headers["X-Total-Count"], exact.headers["X-Total-Count-Is"]) == ("4", "exact")
    assert set(exact.links) == {"first", "next", "last"}
    monkeypatch.setattr("gateway.reviews.MOST_COUNTED", 3)
    longer = await alice.get("/reviews", limit=2)
    assert (longer.headers["X-Total-Count"], longer.headers["X-Total-Count-Is"]) == ("3", "at-least")
    assert set(longer.links) == {"first", "next"}


async def test_kept_until_the_reporter_tells_of_more(gateway: Gateway, alice: User, reporter_db: Database) -> None:
    cabinet = await alice.connect()
    row: dict[str, Any] = {"id": "a", "created_at": NOON, "revision": 1, "change": "new"}
    feedback = FeedbacksUpdatedV1(feedbacks=(ChangedFeedback.model_validate(row),))
    question = QuestionsUpdatedV1(questions=(ChangedQuestion.model_validate(row),))
    puts: dict[str, Callable[[str], Awaitable[None]]] = {
        "/reviews": lambda name: put_feedback(reporter_db, cabinet, name),
        "/questions": lambda name: put_question(reporter_db, cabinet, name),
    }
    for path, event in (("/reviews", feedback), ("/questions", question)):
        await puts[path]("a")
        paths = (path, f"{path}/a", "/analytics/reviews")
        for each in paths:
            await alice.get(each)
        assert [(await alice.get(each)).headers["X-Cache"] for each in paths] == ["hit"] * 3
        await puts[path]("b")
        await gateway.app.state.parts.cache.invalidate(sorted(tags.of(new_event(event, cabinet_id=cabinet))))
        assert [(await alice.get(each)).headers["X-Cache"] for each in paths] == ["miss"] * 3
        assert await listed(alice, path) == ["b", "a"]

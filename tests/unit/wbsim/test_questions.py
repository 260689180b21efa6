"""Questions and feedbacks over HTTP: lists, archive, counts, and how they get answers."""

import re
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import httpx
import pytest
from wbsim.questions import ask
from wbsim.running import Wbsim, running_wbsim
from wbsim.sections import questions, reviews
from wbsim.times import DAY_SECONDS

QUESTIONS, FEEDBACKS = "/api/v1/questions", "/api/v1/feedbacks"
Rows = list[dict[str, Any]]


@pytest.fixture
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=23, history_orders=400, limits_factor=1_000_000) as running:
        yield running


async def read(http: httpx.AsyncClient, path: str = QUESTIONS, **query: Any) -> Rows:
    params = {"take": 5_000, "skip": 0} | ({} if path.endswith("archive") else {"isAnswered": "true"}) | query
    data = (await http.get(path, params=params)).raise_for_status().json()["data"]
    rows: Rows = data["feedbacks" if "feedbacks" in path else "questions"]
    return rows


def ids(rows: Rows) -> set[str]:
    return {row["id"] for row in rows}


class TestQuestions:
    async def test_answered_and_waiting_make_up_all(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        answered, waiting = await read(http), await read(http, isAnswered="false")
        truth = await wb.rows("questions")
        assert len(truth) == len(answered) + len(waiting)
        assert all(row in truth for row in answered + waiting)
        assert {row["state"] for row in waiting} == {"suppliersPortalSynch"}
        assert {row["state"] for row in answered} == {"wbRu", "none"}
        assert all(row["answer"] is None for row in waiting)
        assert all(row["answer"]["text"] and row["wasViewed"] for row in answered)
        for row in answered:
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", row["createdDate"])
            assert row["answer"]["createDate"] >= row["createdDate"][:19]

    async def test_order_dates_cards_and_pages(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        newest_first, oldest_first = await read(http), await read(http, order="dateAsc")
        assert newest_first == oldest_first[::-1]
        assert [row["createdDate"] for row in oldest_first] == sorted(row["createdDate"] for row in oldest_first)
        assert await read(http, take=2, skip=1) == newest_first[1:3]
        month_ago = int(wb.world.clock.now() - 30 * DAY_SECONDS)
        recent, older = await read(http, dateFrom=month_ago), await read(http, dateTo=month_ago)
        assert recent + older == newest_first
        assert recent
        assert older
        nm_id = newest_first[0]["productDetails"]["nmId"]
        assert {row["productDetails"]["nmId"] for row in await read(http, nmId=nm_id)} == {nm_id}

    async def test_counts(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        params: dict[str, str | int] = {"isAnswered": "false", "take": 1, "skip": 0}
        data = (await http.get(QUESTIONS, params=params)).json()["data"]
        assert data["countUnanswered"] == len(await read(http, isAnswered="false"))
        assert data["countArchive"] == len(await read(http))
        before = (await http.get(f"{QUESTIONS}/count-unanswered")).json()["data"]
        assert before["countUnanswered"] == data["countUnanswered"]
        shop = wb.world.shop()
        shop.questions.append(ask(Random(1), shop.listed()[0], shop.name, shop.clock.now()))
        after = (await http.get(f"{QUESTIONS}/count-unanswered")).json()["data"]
        assert after == {name: count + 1 for name, count in before.items()}

    async def test_more_than_the_first_10_000_cannot_be_read(self, http: httpx.AsyncClient) -> None:
        assert await read(http, take=10_000)
        assert await read(http, take=1, skip=9_999) == []
        answer = await http.get(QUESTIONS, params={"isAnswered": "true", "take": 5_000, "skip": 5_001})
        assert (answer.status_code, answer.json()["errorText"]) == (400, "take, skip: together at most 10000")

    @pytest.mark.parametrize(
        ("path", "query"),
        [
            (QUESTIONS, {"take": "10001"}),
            (QUESTIONS, {"skip": "-1"}),
            (QUESTIONS, {"isAnswered": "1"}),
            (QUESTIONS, {"order": "desc"}),
            (QUESTIONS, {"state": "none"}),
            (f"{QUESTIONS}/count-unanswered", {}),
            (f"{FEEDBACKS}/count-unanswered", {}),
            (f"{FEEDBACKS}/archive", {}),
        ],
    )
    async def test_a_wrong_query_is_refused(self, http: httpx.AsyncClient, path: str, query: dict[str, str]) -> None:
        answer = await http.get(path, params={"isAnswered": "true", "take": "1", "skip": "0", **query})
        assert (answer.status_code, answer.json()["error"]) == (400, True)

    async def test_steps_ask_view_answer_and_reject(self, wb: Wbsim) -> None:
        shop, rng, now = wb.world.shop(), Random(1), wb.world.clock.now()
        seen = set()
        for _ in range(80):
            before = {row["id"]: row for row in questions.truth(shop, now)}
            questions.step(shop, rng, now)
            [new] = [row for row in questions.truth(shop, now) if row != before.get(row["id"])]
            old = before.get(new["id"])
            seen.add("asked" if old is None else "viewed" if new["answer"] is None else new["state"])
        assert seen == {"asked", "viewed", "wbRu", "none"}


class TestFeedbacks:
    async def test_they_are_the_truth(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        answered = await read(http, FEEDBACKS) + await read(http, FEEDBACKS, isAnswered="false")
        truth = await wb.rows("feedbacks")
        assert len(truth) == len(answered)
        assert all(row in truth for row in answered)

    async def test_a_rating_alone_is_processed_from_the_start_and_one_with_a_photo_is_not(
        self, http: httpx.AsyncClient
    ) -> None:
        processed, waiting = await read(http, FEEDBACKS), await read(http, FEEDBACKS, isAnswered="false")
        ratings = [row for row in processed if row["answer"] is None]
        assert ratings
        assert not any(row["text"] or row["photoLinks"] for row in ratings)
        assert all(row["text"] or row["photoLinks"] for row in waiting)

    async def test_the_archive_holds_the_processed_and_the_forgotten(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        archive = await read(http, f"{FEEDBACKS}/archive")
        processed, waiting = await read(http, FEEDBACKS), await read(http, FEEDBACKS, isAnswered="false")
        month_ago = int(wb.world.clock.now() - 30 * DAY_SECONDS)
        forgotten = await read(http, FEEDBACKS, isAnswered="false", dateTo=month_ago)
        assert ids(archive) == ids(processed) | ids(forgotten)
        assert ids(forgotten)
        assert ids(waiting) - ids(forgotten)
        assert await read(http, f"{FEEDBACKS}/archive", take=3, skip=2, order="dateAsc") == archive[::-1][2:5]

    async def test_an_answer_moves_it_to_the_answered(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        before = await read(http, FEEDBACKS, isAnswered="false")
        count = (await http.get(f"{FEEDBACKS}/count-unanswered")).json()["data"]["countUnanswered"]
        assert count == len(before)
        moved: set[str] = set()
        while not moved:
            await wb.step(section="feedbacks")
            moved = ids(before) & ids(await read(http, FEEDBACKS))
        [answered] = [row for row in await read(http, FEEDBACKS) if row["id"] in moved]
        assert (answered["state"], answered["answer"]["state"], answered["wasViewed"]) == ("wbRu", "wbRu", True)
        assert moved.isdisjoint(ids(await read(http, FEEDBACKS, isAnswered="false")))

    async def test_steps_bring_every_sort(self, wb: Wbsim) -> None:
        shop, rng, now = wb.world.shop(), Random(1), wb.world.clock.now()
        before = ids(reviews.truth(shop, now))
        for _ in range(80):
            reviews.step(shop, rng, now)
        new = [row for row in reviews.truth(shop, now) if row["id"] not in before]
        assert {(bool(row["text"]), row["answer"] is not None) for row in new} >= {(True, True), (False, False)}


async def test_questions_and_feedbacks_share_their_limit(no_tls: Any) -> None:
    async with running_wbsim(products=1, history_orders=0) as strict:
        headers = {"Authorization": await strict.token(kind="base")}
        async with httpx.AsyncClient(base_url=strict.url, headers=headers, verify=no_tls) as http:
            paths = (f"{QUESTIONS}/count-unanswered", f"{FEEDBACKS}/archive?take=1&skip=0")
            assert [(await http.get(path)).status_code for path in paths] == [200, 429]

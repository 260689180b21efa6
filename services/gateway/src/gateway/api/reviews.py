"""`/reviews` and `/questions`: what buyers wrote and asked, and what waits for an answer."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from contracts import cache_keys
from gateway import questions, reviews
from gateway.answers.form import Answered, Listed
from gateway.api.auth import Reading
from gateway.api.form import AskedList, described, visible_cabinets
from gateway.api.names import MAX_NM_ID, Name, OneCabinet
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem
from gateway.questions import Question, QuestionQuery
from gateway.reviews import AnswerState, Review, ReviewQuery

router = APIRouter(tags=["reviews"])

State = Annotated[AnswerState, Query(description="waiting: for an answer; answered: with one that was not rejected")]
OneItem = Annotated[int | None, Query(ge=1, le=MAX_NM_ID, description="WB article")]
FirstDay = Annotated[date | None, Query(alias="from", description="first Moscow day, inclusive")]
LastDay = Annotated[
    date | None,
    Query(alias="to", description="last Moscow day, inclusive; before `from`: 422 `period_invalid`"),
]
Text = Annotated[Name | None, Query(description="part of what was written or answered, in any case")]
Id = Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$", description="of the list")]


@router.get("/reviews", **described(Listed[Review], "reviews", is_list=True))
async def list_reviews(
    answer: Reading,
    parts: UsedParts,
    asked: AskedList,
    cabinet_id: OneCabinet = None,
    state: State = AnswerState.ANY,
    stars: Annotated[int | None, Query(ge=1, le=5)] = None,
    nm_id: OneItem = None,
    first_day: FirstDay = None,
    last_day: LastDay = None,
    text: Text = None,
) -> Response:
    """Feedbacks, the newest first. A page of several filters together may hold fewer rows than `limit` while there is
    a `next_cursor`: read on."""
    _check_period(first_day, last_day)
    cabinets = visible_cabinets(answer, cabinet_id)
    tags = (cache_keys.cabinet_reviews_tag, cache_keys.cabinet_sources_tag)
    await answer.depends_on(*(tag(cabinet) for cabinet in cabinets for tag in tags))
    query = ReviewQuery(
        cabinets=cabinets,
        state=state,
        stars=stars,
        nm_id=nm_id,
        first_day=first_day,
        last_day=last_day,
        text=text,
    )
    return await asked.answer(
        answer,
        lambda window: reviews.page(parts.reads, query, window),
        keep_seconds=cache_keys.TTL_ORDERS_SECONDS,
    )


@router.get("/reviews/{review_id}", **described(Answered[Review], "review"))
async def get_review(answer: Reading, parts: UsedParts, review_id: Id) -> Response:
    """One feedback."""
    tags = (cache_keys.cabinet_reviews_tag, cache_keys.cabinet_sources_tag)
    await answer.depends_on(*(tag(cabinet) for cabinet in answer.cabinets for tag in tags))
    found = await reviews.find(parts.reads, answer.cabinets, review_id)
    if found is None:
        raise Problem(404, "review_not_found", "You have no feedback with this id.")
    review, age = found
    return answer.of(review, age=age, keep_seconds=cache_keys.TTL_ORDERS_SECONDS)


@router.get("/questions", **described(Listed[Question], "questions", is_list=True))
async def list_questions(
    answer: Reading,
    parts: UsedParts,
    asked: AskedList,
    cabinet_id: OneCabinet = None,
    state: State = AnswerState.ANY,
    nm_id: OneItem = None,
    first_day: FirstDay = None,
    last_day: LastDay = None,
    text: Text = None,
) -> Response:
    """Questions, the newest first. A page of several filters together may hold fewer rows than `limit` while there is
    a `next_cursor`: read on."""
    _check_period(first_day, last_day)
    cabinets = visible_cabinets(answer, cabinet_id)
    tags = (cache_keys.cabinet_questions_tag, cache_keys.cabinet_sources_tag)
    await answer.depends_on(*(tag(cabinet) for cabinet in cabinets for tag in tags))
    query = QuestionQuery(
        cabinets=cabinets, state=state, nm_id=nm_id, first_day=first_day, last_day=last_day, text=text
    )
    return await asked.answer(
        answer,
        lambda window: questions.page(parts.reads, query, window),
        keep_seconds=cache_keys.TTL_ORDERS_SECONDS,
    )


@router.get("/questions/{question_id}", **described(Answered[Question], "question"))
async def get_question(answer: Reading, parts: UsedParts, question_id: Id) -> Response:
    """One question."""
    tags = (cache_keys.cabinet_questions_tag, cache_keys.cabinet_sources_tag)
    await answer.depends_on(*(tag(cabinet) for cabinet in answer.cabinets for tag in tags))
    found = await questions.find(parts.reads, answer.cabinets, question_id)
    if found is None:
        raise Problem(404, "question_not_found", "You have no question with this id.")
    question, age = found
    return answer.of(question, age=age, keep_seconds=cache_keys.TTL_ORDERS_SECONDS)


def _check_period(first_day: date | None, last_day: date | None) -> None:
    if first_day and last_day and first_day > last_day:
        raise Problem(422, "period_invalid", "`from` is after `to`.")

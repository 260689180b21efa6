"""What buyers write, on feedbacks-api: feedbacks, their archive, and questions, each by date."""

import json
from typing import Any

from wbsim import limits
from wbsim.catalogue import PHOTO_BASE
from wbsim.errors import feedbacks_refusal
from wbsim.messages import Message, count_unprocessed
from wbsim.methods import Answer, Call, Method, PlainRow
from wbsim.orders import serialise
from wbsim.sections.reviews import in_archive
from wbsim.validation import Check, boolean, integer, one_of, read_query, record, text

MAX_QUESTIONS = 10_000
"""`take` and `skip` together."""

_INTEGERS = frozenset({"nmId", "take", "skip", "dateFrom", "dateTo"})
_PAGE: dict[str, Check] = {
    "nmId": integer(),
    "take": integer(1, 5000),
    "skip": integer(0, 199_990),
    "order": one_of("dateAsc", "dateDesc"),
}
_LIST: dict[str, Check] = {"isAnswered": boolean, "dateFrom": integer(0), "dateTo": integer(0)}
_OWN = frozenset({"take", "skip"})
_FEEDBACKS = record(_PAGE | _LIST, _OWN | {"isAnswered"})
_ARCHIVE = record(_PAGE, _OWN)
_QUESTIONS = record(_PAGE | _LIST | {"take": integer(1, MAX_QUESTIONS)}, _OWN | {"isAnswered"})
_ID = record({"id": text}, frozenset({"id"}))
_NOTHING = record({})


async def feedbacks(call: Call) -> Answer:
    """One page of feedbacks, newest first unless asked otherwise."""
    query = _query(call, _FEEDBACKS)
    return _answer(call, "feedbacks", call.shop.feedbacks, query, ("productValuation", "subjectId"))


async def archive(call: Call) -> Answer:
    """One page of the feedbacks that nobody need answer any more, whether anybody has or not."""
    query = _query(call, _ARCHIVE)
    found = [feedback for feedback in call.shop.feedbacks if in_archive(feedback, call.now)]
    return Answer(
        _page(call, found, query),
        b'{"data":{"feedbacks":[',
        b"]}," + _TAIL,
        identity="id",
        numbers=("productValuation", "subjectId"),
    )


async def questions(call: Call) -> Answer:
    """One page of questions, newest first unless asked otherwise; no more than the first 10,000 can be reached."""
    query = _query(call, _QUESTIONS)
    if query["take"] + query["skip"] > MAX_QUESTIONS:
        raise feedbacks_refusal(400, f"take, skip: together at most {MAX_QUESTIONS}")
    return _answer(call, "questions", call.shop.questions, query, ("productDetails",))


async def feedback(call: Call) -> Answer:
    """One feedback by its id."""
    return _one(call, call.shop.feedbacks, "Не удалось получить отзыв по идентификатору")


async def question(call: Call) -> Answer:
    """One question by its id."""
    return _one(call, call.shop.questions, "Не удалось получить вопрос по идентификатору")


async def unanswered_feedbacks(call: Call) -> Answer:
    """How many feedbacks wait for the seller."""
    return _count(call, call.shop.feedbacks)


async def unanswered_questions(call: Call) -> Answer:
    """How many questions wait for the seller."""
    return _count(call, call.shop.questions)


_TAIL = b'"error":false,"errorText":"","additionalErrors":null}'


def _query(call: Call, check: Check) -> dict[str, Any]:
    query: dict[str, Any] = read_query(call.request.query_params.multi_items(), _INTEGERS, frozenset({"isAnswered"}))
    if problems := check("", query):
        raise feedbacks_refusal(400, "; ".join(problems))
    call.shop.answers.settle(call.now)
    return query


def _answer(call: Call, name: str, every: list[Message], query: dict[str, Any], numbers: tuple[str, ...]) -> Answer:
    processed = sum(message.processed for message in every)
    counts = {"countUnanswered": len(every) - processed, "countArchive": processed}
    return Answer(
        _page(call, [message for message in every if message.processed == query["isAnswered"]], query),
        b'{"data":' + json.dumps(counts).encode()[:-1] + f',"{name}":['.encode(),
        b"]}," + _TAIL,
        identity="id",
        numbers=numbers,
    )


def _one(call: Call, messages: list[Message], refusal: str) -> Answer:
    key = _query(call, _ID)["id"]
    found = next((message for message in messages if message.id == key), None)
    if found is None:
        raise feedbacks_refusal(422, refusal)
    body = found.body.replace(PHOTO_BASE.encode(), str(call.request.base_url).rstrip("/").encode())
    return Answer([PlainRow(found.id, body)], b'{"data":', b"," + _TAIL, identity="id")


def _page(call: Call, messages: list[Message], query: dict[str, Any]) -> list[PlainRow]:
    found = [
        message
        for message in messages
        if query.get("nmId", message.nm_id) == message.nm_id
        and query.get("dateFrom", 0) <= message.created_at <= query.get("dateTo", call.now)
    ]
    found.sort(key=lambda message: message.created_at, reverse=query.get("order") != "dateAsc")
    base = str(call.request.base_url).rstrip("/").encode()
    return [
        PlainRow(message.id, message.body.replace(PHOTO_BASE.encode(), base))
        for message in found[query["skip"] : query["skip"] + query["take"]]
    ]


def _count(call: Call, messages: list[Message]) -> Answer:
    _query(call, _NOTHING)
    return Answer(head=b'{"data":' + serialise(count_unprocessed(messages, call.now)) + b",", tail=_TAIL)


def _method(path: str, answer: Any) -> Method:
    return Method("GET", path, "feedbacks-api", limits.FEEDBACKS, answer, sandbox=True)


METHODS = (
    _method("/api/v1/feedbacks", feedbacks),
    _method("/api/v1/feedbacks/archive", archive),
    _method("/api/v1/feedbacks/count-unanswered", unanswered_feedbacks),
    _method("/api/v1/feedback", feedback),
    _method("/api/v1/questions", questions),
    _method("/api/v1/question", question),
    _method("/api/v1/questions/count-unanswered", unanswered_questions),
)

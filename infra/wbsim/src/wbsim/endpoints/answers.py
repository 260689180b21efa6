"""What a seller writes on feedbacks-api: answers to feedbacks, and answers to or rejections of questions."""

import json
from typing import Any

from wbsim import limits
from wbsim.errors import Refusal, feedbacks_refusal
from wbsim.messages import Message
from wbsim.methods import Answer, Call, Method
from wbsim.seller_answers import Write
from wbsim.validation import Check, boolean, one_of, record, text

SHORTEST, LONGEST = 2, 5_000
"""Characters of a text."""


def _words(name: str, value: Any) -> list[str]:
    if problems := text(name, value):
        return problems
    return [] if SHORTEST <= len(value) <= LONGEST else [f"{name}: from {SHORTEST} to {LONGEST} characters"]


_ANSWER: Check = record({"id": text, "text": _words}, frozenset({"id", "text"}))
_REPLY: Check = record({"text": _words}, frozenset({"text"}))
_TREATED: Check = record(
    {"id": text, "answer": _REPLY, "state": one_of("wbRu", "none")}, frozenset({"id", "answer", "state"})
)
_VIEWED: Check = record({"id": text, "wasViewed": boolean}, frozenset({"id", "wasViewed"}))
_DONE = b'{"data":null,"error":false,"errorText":"","additionalErrors":null}'


async def answer_feedback(call: Call) -> Answer:
    """204 whatever the id."""
    body = await _body(call, _ANSWER)
    write = Write("POST feedbacks/answer", body["id"], body["text"], call.now)
    call.shop.answers.answer(_found(call.shop.feedbacks, body["id"]), write, call.world.behaviour)
    return _NOTHING


async def edit_answer(call: Call) -> Answer:
    """204 whatever the id, and whether the answer may be edited or not."""
    body = await _body(call, _ANSWER)
    write = Write("PATCH feedbacks/answer", body["id"], body["text"], call.now)
    call.shop.answers.edit(_found(call.shop.feedbacks, body["id"]), write, call.world.behaviour)
    return _NOTHING


async def treat_question(call: Call) -> Answer:
    """A question is looked at, answered or rejected."""
    body = await _body(call, _TREATED, _VIEWED)
    question = _found(call.shop.questions, body["id"])
    if question is None:
        raise feedbacks_refusal(404, "Не найден отзыв")
    if "wasViewed" in body:
        question.rewrite({"wasViewed": body["wasViewed"]}, processed=question.processed)
    elif not call.shop.answers.may_treat(question, call.now):
        raise feedbacks_refusal(422, "Не удалось отредактировать вопрос")
    else:
        write = Write("PATCH questions", body["id"], body["answer"]["text"], call.now)
        call.shop.answers.treat(question, write, call.world.behaviour, rejects=body["state"] == "none")
    return Answer(head=_DONE, tail=b"")


_NOTHING = Answer(head=b"", tail=b"", status=204)


async def _body(call: Call, *checks: Check) -> Any:
    if not call.request.headers.get("content-type", "").startswith("application/json"):
        raise _bad_request("Content-Type header must be application/json")
    try:
        body = json.loads(await call.request.body())
    except ValueError:
        raise _bad_request("invalid JSON syntax") from None
    problems = [check("", body) for check in checks]
    if all(problems):
        raise _bad_request("; ".join(problems[0]))
    call.shop.answers.settle(call.now)
    return body


def _found(messages: list[Message], key: str) -> Message | None:
    return next((message for message in messages if message.id == key), None)


def _bad_request(detail: str) -> Refusal:
    return feedbacks_refusal(400, detail)


def _method(verb: str, path: str, answer: Any) -> Method:
    return Method(verb, path, "feedbacks-api", limits.FEEDBACKS, answer, sandbox=True, writes=True)


METHODS = (
    _method("POST", "/api/v1/feedbacks/answer", answer_feedback),
    _method("PATCH", "/api/v1/feedbacks/answer", edit_answer),
    _method("PATCH", "/api/v1/questions", treat_question),
)

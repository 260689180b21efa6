"""What can be written at WB: how each kind of command is sent, and how a reading shows whether it took effect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import msgspec

from ingestor.resources import RESOURCES
from ingestor.wb.methods import METHODS, Method

TURNED_DOWN = "rejected"
"""State of an answer that WB's moderation turned down."""
REJECTED = "none"
"""State of a question that the seller rejected."""


class Found(Enum):
    """What a reading shows of a command."""

    DONE = auto()
    TURNED_DOWN = auto()
    """It took effect, and WB's moderation undid it."""
    NOT_DONE = auto()
    OTHERWISE = auto()
    """Something else was written there, in whose place this cannot be written."""
    NO_SUBJECT = auto()
    """WB has nothing of that id."""


class _Answer(msgspec.Struct):
    text: str | None = None
    state: str | None = None
    editable: bool | None = None


class Shown(msgspec.Struct):
    """What a feedback or question says of its answer."""

    id: str
    state: str | None = None
    answer: _Answer | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of command.

    `resource` is whose rows show its effect, one of which `reading` asks for by its id. `body` makes the request from
    the subject and the text, `found` tells by a row whether a text was written.
    """

    name: str
    resource: str
    writing: Method
    reading: Method
    body: Callable[[str, str], Any]
    found: Callable[[Shown, str], Found]

    @property
    def holds_back(self) -> list[str]:
        """The resources whose syncs spend the same budget, and wait while such a command is due."""
        return [each.name for each in RESOURCES.values() if each.method.bucket == self.writing.bucket]


def _same(one: str | None, other: str) -> bool:
    # WB trims texts and breaks their lines as it likes.
    return one is not None and one.split() == other.split()


def _first_answer(shown: Shown, text: str) -> Found:
    answer = shown.answer
    if answer is None or not answer.text:
        return Found.NOT_DONE
    if _same(answer.text, text):
        return Found.TURNED_DOWN if answer.state == TURNED_DOWN else Found.DONE
    return Found.NOT_DONE if answer.state == TURNED_DOWN else Found.OTHERWISE


def _edited_answer(shown: Shown, text: str) -> Found:
    answer = shown.answer
    if answer is not None and _same(answer.text, text):
        return Found.TURNED_DOWN if answer.state == TURNED_DOWN else Found.DONE
    return Found.NOT_DONE if answer is not None and answer.editable else Found.OTHERWISE


def _answered_question(shown: Shown, text: str) -> Found:
    if shown.state == REJECTED:
        return Found.OTHERWISE
    if shown.answer is None or not shown.answer.text:
        return Found.NOT_DONE
    return Found.DONE if _same(shown.answer.text, text) else Found.OTHERWISE


def _rejected_question(shown: Shown, text: str) -> Found:
    if shown.state == REJECTED:
        return Found.DONE
    return Found.OTHERWISE if shown.answer is not None and shown.answer.text else Found.NOT_DONE


def _answer(subject: str, text: str) -> Any:
    return {"id": subject, "text": text}


def _treating(state: str) -> Callable[[str, str], Any]:
    return lambda subject, text: {"id": subject, "answer": {"text": text}, "state": state}


_FEEDBACK, _QUESTION = METHODS["feedback"], METHODS["question"]
_TREAT = METHODS["treat-question"]

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("review_answer", "feedbacks", METHODS["answer-feedback"], _FEEDBACK, _answer, _first_answer),
        Kind("review_answer_edit", "feedbacks", METHODS["edit-feedback-answer"], _FEEDBACK, _answer, _edited_answer),
        Kind("question_answer", "questions", _TREAT, _QUESTION, _treating("wbRu"), _answered_question),
        Kind("question_reject", "questions", _TREAT, _QUESTION, _treating(REJECTED), _rejected_question),
    )
}
"""Every kind by its name."""

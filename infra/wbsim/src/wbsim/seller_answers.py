"""What a seller writes to buyers: answers to feedbacks and questions, when they show, what moderation makes of them.

WB checks no id of a feedback: whatever it is, the answer is accepted. What happens to an answer that may not be given
(a second one, a second edit) is not documented; here it is accepted and changes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from wbsim.config import Behaviour
from wbsim.messages import Message
from wbsim.questions import ANSWERED, NEW, REJECTED, answer_time

SHOWN, IN_REVIEW, TURNED_DOWN = "wbRu", "reviewRequired", "rejected"
"""States of the answer to a feedback."""
EDITABLE_DAYS = 60


@dataclass(frozen=True, slots=True)
class Write:
    """One write that WB accepted: which method, about what, with which text, at which simulated moment."""

    method: str
    id: str
    text: str
    at: float


class SellerAnswers:
    """The writes of one seller, and what is yet to come of them."""

    def __init__(self, seed: int) -> None:
        self.writes: list[Write] = []
        self._rng = Random(f"{seed} answers")
        self._due: list[tuple[float, Callable[[], None]]] = []
        self._answered_at: dict[str, float] = {}

    def settle(self, now: float) -> None:
        """Let what is due by now come about."""
        while due := [each for each in self._due if each[0] <= now]:
            first = min(due, key=lambda each: each[0])
            self._due.remove(first)
            first[1]()

    def answer(self, feedback: Message | None, write: Write, behaviour: Behaviour) -> None:
        """A first answer, or another one after the first was turned down."""
        self.writes.append(write)

        def show() -> None:
            answer = feedback.row["answer"] if feedback else None
            if feedback is not None and (answer is None or answer["state"] == TURNED_DOWN):
                self._answered_at[feedback.id] = write.at
                self._show(feedback, write, behaviour, editable=True)

        self._in(behaviour.answer_seconds, write.at, show)

    def edit(self, feedback: Message | None, write: Write, behaviour: Behaviour) -> None:
        """The one edit of an answer."""
        self.writes.append(write)

        def show() -> None:
            answer = feedback.row["answer"] if feedback else None
            if feedback is not None and answer and answer["editable"] and self._is_recent(feedback.id, write.at):
                self._show(feedback, write, behaviour, editable=False)

        self._in(behaviour.answer_seconds, write.at, show)

    def may_treat(self, question: Message, at: float) -> bool:
        """Whether a question may be answered or rejected: it is new, or its answer may be edited."""
        row = question.row
        return row["state"] == NEW or bool(row["answer"]["editable"] and self._is_recent(question.id, at))

    def treat(self, question: Message, write: Write, behaviour: Behaviour, *, rejects: bool) -> None:
        """A question is answered (again: edited), or rejected."""
        self.writes.append(write)
        state = REJECTED if rejects else ANSWERED

        def show() -> None:
            if self.may_treat(question, write.at):
                first = question.row["answer"] is None
                self._answered_at.setdefault(question.id, write.at)
                answer = {"text": write.text, "editable": first, "createDate": answer_time(self._rng, write.at)}
                question.rewrite({"answer": answer, "state": state, "wasViewed": True}, processed=True)

        self._in(behaviour.answer_seconds, write.at, show)

    def _show(self, feedback: Message, write: Write, behaviour: Behaviour, *, editable: bool) -> None:
        def rewrite(state: str) -> None:
            answer: dict[str, Any] = {"text": write.text, "state": state, "editable": editable}
            # One that was turned down waits for another answer.
            processed = state != TURNED_DOWN
            row = {"answer": answer, "state": "wbRu" if processed else "none", "wasViewed": True}
            feedback.rewrite(row, processed=processed)

        verdict = TURNED_DOWN if self._rng.random() < behaviour.answers_rejected_share else SHOWN
        rewrite(IN_REVIEW if behaviour.moderation_seconds else verdict)
        if behaviour.moderation_seconds:
            self._in(behaviour.moderation_seconds, write.at + behaviour.answer_seconds, lambda: rewrite(verdict))

    def _is_recent(self, key: str, at: float) -> bool:
        return at - self._answered_at.get(key, at) <= EDITABLE_DAYS * 86_400

    def _in(self, seconds: float, at: float, effect: Callable[[], None]) -> None:
        self._due.append((at + seconds, effect))

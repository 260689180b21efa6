"""What became of answers to reviews and questions."""

from collections.abc import Callable, Iterator
from uuid import UUID

from contracts.envelope import Event
from contracts.message_kinds import MessageKind
from contracts.wb_commands import UNRESOLVED, WbCommandChangedV1, WbCommandState
from servicekit.text import name
from servicekit.translation import Language, msgid

from notifier.deliveries.enqueue import Notice
from notifier.messages.kind import Rule
from notifier.messages.sample import NOW

REASON_UNITS = 200

WHAT = {
    "review_answer": msgid("Answer to a review"),
    "review_answer_edit": msgid("Edited answer to a review"),
    "question_answer": msgid("Answer to a question"),
    "question_reject": msgid("Rejection of a question"),
}


def answer_rule(kind: MessageKind, is_told: Callable[[WbCommandChangedV1], bool]) -> Rule:
    """Tells an end of a command once."""

    def notices(event: Event[WbCommandChangedV1]) -> Iterator[Notice]:
        if event.data.kind in WHAT and is_told(event.data):
            yield Notice(kind, f"{kind}/{event.data.command_id}", event.data.model_dump_json())

    return Rule(WbCommandChangedV1, notices)


def is_published(told: WbCommandChangedV1) -> bool:
    return told.state == "confirmed"


def is_refused(told: WbCommandChangedV1) -> bool:
    """Refused, or never read back. One that ended with its cabinet is told to nobody."""
    return told.state == "refused" or told.code == UNRESOLVED


def what(told: WbCommandChangedV1, language: Language) -> str:
    """`Ответ на отзыв`."""
    return language.text(WHAT.get(told.kind, WHAT["review_answer"]))


def reason(told: WbCommandChangedV1) -> str:
    """Why, in the words that were given; empty: in none."""
    return name(told.reason, REASON_UNITS)


def sample_command(state: WbCommandState, **fields: str) -> WbCommandChangedV1:
    """An invented command that has ended."""
    return WbCommandChangedV1(
        command_id=UUID(int=1),
        kind="review_answer",
        subject="YX52RZEBhH9mrcYdEJuD",
        state=state,
        revision=3,
        attempts=1,
        changed_at=NOW,
        **fields,
    )

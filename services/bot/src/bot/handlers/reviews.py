"""`/reviews` and `/questions`: what waits for an answer first, one of them, and the way to its answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery
from pulse_client.api.reviews import get_question, get_review, list_questions, list_reviews
from pulse_client.models import AnsweredQuestion, AnsweredReview
from servicekit.callback_data import MAX_BODY_BYTES, Forged

from bot.actions import Action
from bot.buttons import Press, Row, keyboard
from bot.conversation import Conversation
from bot.filters import pressed
from bot.handlers import paging
from bot.handlers.answering import subject_part
from bot.handlers.lists import ListView, Page, worded
from bot.listing import SHOP_BYTES, Listing
from bot.views import reviews as views
from bot.views.reader import Reader

_HEAD_BYTES = 3 + SHOP_BYTES
_ID_BYTES = MAX_BODY_BYTES - _HEAD_BYTES


def router() -> Router:
    """Reviews and questions."""
    made = Router(name="reviews")
    REVIEWS.register(made)
    QUESTIONS.register(made)
    made.callback_query.register(review, pressed(Action.REVIEW, Action.ANSWER_REVIEW))
    made.callback_query.register(question, pressed(Action.QUESTION))
    return made


async def review(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """One review: from the list, or by the button under a message of it."""
    place = _Place(press.text()) if press.action == Action.ANSWER_REVIEW else _Place.read(talk, press)
    answer: AnsweredReview = await talk.gateway.call(get_review.asyncio_detailed, place.subject)
    shown = answer.data
    buttons: Row = []
    if shown.is_waiting:
        buttons.append(talk.button("✍️ Answer", Action.ANSWER, subject_part(talk, "r", shown.review_id)))
    elif shown.answer_text and shown.answer_editable is not False:
        buttons.append(talk.button("✏️ Change the answer", Action.ANSWER, subject_part(talk, "e", shown.review_id)))
    if shown.nm_id:
        buttons.append(talk.button("👕 Item", Action.ITEM, shown.nm_id))
    await talk.show(
        views.review_card(talk.reader, shown, answer.meta),
        keyboard(buttons, [paging.back(talk, Action.REVIEWS, place.listing)]),
    )


async def question(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """One question."""
    place = _Place.read(talk, press)
    answer: AnsweredQuestion = await talk.gateway.call(get_question.asyncio_detailed, place.subject)
    shown = answer.data
    buttons: Row = []
    if shown.is_waiting:
        buttons += [
            talk.button("✍️ Answer", Action.ANSWER, subject_part(talk, "q", shown.question_id)),
            talk.button("🚫 Reject", Action.ANSWER, subject_part(talk, "x", shown.question_id)),
        ]
    if shown.nm_id:
        buttons.append(talk.button("👕 Item", Action.ITEM, shown.nm_id))
    await talk.show(
        views.question_card(talk.reader, shown, answer.meta),
        keyboard(buttons, [paging.back(talk, Action.QUESTIONS, place.listing)]),
    )


@dataclass(frozen=True)
class _Place:
    """A review or a question, and where in its list it stood."""

    subject: str
    listing: Listing = Listing()  # noqa: RUF009  # it is frozen

    def packed(self, talk: Conversation) -> bytes:
        """The body of a button. An id that does not fit is remembered; so far down a list no page is."""
        said = self.subject.encode()
        is_short = len(said) <= _ID_BYTES
        head = bytes((is_short, self.listing.kind, min(self.listing.page, 0xFF)))
        return head + self.listing.shop + (said if is_short else talk.remembered.keep(self.subject))

    @classmethod
    def read(cls, talk: Conversation, press: Press) -> "_Place":
        body = press.rest()
        if len(body) <= _HEAD_BYTES:
            raise Forged("the button says less than it should")
        is_short, kind, page, *shop = body[:_HEAD_BYTES]
        said = body[_HEAD_BYTES:]
        subject = said.decode(errors="replace") if is_short else talk.remembered.text(said)
        return cls(subject, Listing(kind, page, shop=bytes(shop)))


def _arguments(listing: Listing) -> dict[str, Any]:
    return {"state": listing.among(views.STATES)}


def _cards(action: Action, subject: Callable[[Any], str]) -> Callable[[Conversation, Page], list[Row]]:
    def cards(talk: Conversation, page: Page) -> list[Row]:
        places = [_Place(subject(each), page.listing).packed(talk) for each in page.answer.data]
        return [[talk.buttons.button(str(number), action, place) for number, place in enumerate(places, page.first)]]

    return cards


def _html(page_of: Callable[..., str]) -> Callable[[Reader, Page], str]:
    def html(reader: Reader, page: Page) -> str:
        state = page.listing.among(views.STATES)
        return page_of(reader, page.answer.data, page.answer.meta, state=state, first=page.first, count=page.count)

    return html


REVIEWS = ListView(
    Action.REVIEWS,
    list_reviews.asyncio_detailed,
    size=5,
    html=_html(views.reviews_page),
    cards=_cards(Action.REVIEW, lambda review: review.review_id),
    arguments=_arguments,
    command="reviews",
    filters=worded(views.STATE_WORDS),
)
QUESTIONS = ListView(
    Action.QUESTIONS,
    list_questions.asyncio_detailed,
    size=5,
    html=_html(views.questions_page),
    cards=_cards(Action.QUESTION, lambda question: question.question_id),
    arguments=_arguments,
    command="questions",
    filters=worded(views.STATE_WORDS),
)

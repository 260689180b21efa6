"""`/reviews` and `/questions`: what waits for an answer first, one of them, and the way to its answer."""

from dataclasses import dataclass

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from pulse_client.api.reviews import get_question, get_review, list_questions, list_reviews
from pulse_client.models import AnsweredQuestion, AnsweredReview, ListedQuestion, ListedReview
from pulse_client.types import UNSET
from servicekit.callback_data import Forged

from bot.actions import Action
from bot.buttons import Press, Row, keyboard
from bot.conversation import Conversation
from bot.filters import pressed, said
from bot.handlers import paging
from bot.handlers.answering import subject_part
from bot.listing import Listing
from bot.views import reviews as views
from bot.views.lines import how_many

SIZE = 5
_HEAD_BYTES = 3
_ID_BYTES = 25


def router() -> Router:
    """Reviews and questions."""
    made = Router(name="reviews")
    made.message.register(reviews, said("reviews"))
    made.callback_query.register(reviews, pressed(Action.REVIEWS))
    made.callback_query.register(review, pressed(Action.REVIEW, Action.ANSWER_REVIEW))
    made.message.register(questions, said("questions"))
    made.callback_query.register(questions, pressed(Action.QUESTIONS))
    made.callback_query.register(question, pressed(Action.QUESTION))
    return made


async def reviews(_: Message | CallbackQuery, talk: Conversation, press: Press | None = None) -> None:
    """A page of reviews."""
    listing = Listing.read(press, talk.remembered) if press else Listing()
    state, first = listing.among(views.STATES), listing.page * SIZE
    answer: ListedReview
    answer, headers = await talk.gateway.respond(list_reviews.asyncio_detailed, state=state, limit=SIZE, offset=first)
    html = views.reviews_page(
        talk.reader,
        answer.data,
        answer.meta,
        state=state,
        first=first + 1,
        count=how_many(headers.get("X-Total-Count"), headers.get("X-Total-Count-Is")),
    )
    ids = [each.review_id for each in answer.data]
    has_more = answer.meta.next_cursor is not None
    await talk.show(html, _list_markup(talk, Action.REVIEWS, Action.REVIEW, listing, ids, has_more=has_more))


async def questions(_: Message | CallbackQuery, talk: Conversation, press: Press | None = None) -> None:
    """A page of questions."""
    listing = Listing.read(press, talk.remembered) if press else Listing()
    state, first = listing.among(views.STATES), listing.page * SIZE
    answer: ListedQuestion
    answer, headers = await talk.gateway.respond(
        list_questions.asyncio_detailed, state=state, limit=SIZE, offset=first, text=UNSET
    )
    html = views.questions_page(
        talk.reader,
        answer.data,
        answer.meta,
        state=state,
        first=first + 1,
        count=how_many(headers.get("X-Total-Count"), headers.get("X-Total-Count-Is")),
    )
    ids = [each.question_id for each in answer.data]
    has_more = answer.meta.next_cursor is not None
    await talk.show(html, _list_markup(talk, Action.QUESTIONS, Action.QUESTION, listing, ids, has_more=has_more))


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


def _list_markup(
    talk: Conversation, here: Action, card: Action, listing: Listing, ids: list[str], *, has_more: bool
) -> InlineKeyboardMarkup:
    first = listing.page * SIZE + 1
    numbered = [
        talk.buttons.button(str(number), card, _Place(subject, listing).packed(talk))
        for number, subject in enumerate(ids, first)
    ]
    return keyboard(
        numbered,
        paging.pages(talk, here, listing, size=SIZE, has_more=has_more),
        *paging.filters(talk, here, listing, [talk.text(views.STATE_WORDS[each]) for each in views.STATES]),
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
        return head + (said if is_short else talk.remembered.keep(self.subject))

    @classmethod
    def read(cls, talk: Conversation, press: Press) -> "_Place":
        body = press.rest()
        if len(body) <= _HEAD_BYTES:
            raise Forged("the button says less than it should")
        is_short, kind, page = body[:_HEAD_BYTES]
        said = body[_HEAD_BYTES:]
        subject = said.decode(errors="replace") if is_short else talk.remembered.text(said)
        return cls(subject, Listing(kind, page))

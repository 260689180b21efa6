"""Answers to buyers: asked for in words, looked at once more, sent once, and followed until Wildberries shows them."""

import itertools
import json
from collections.abc import Iterator
from uuid import UUID

from aiogram import Router
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from contracts.wb_commands import SHORTEST_ANSWER
from pulse_client.api.commands import get_command
from pulse_client.api.reviews import answer_question, answer_review, edit_review_answer, reject_question
from pulse_client.models import AnsweredWbCommand, AnswerText, WbCommand
from servicekit import clock
from servicekit.callback_data import Forged
from servicekit.text import utf16_units
from servicekit.translation import msgid

from bot.actions import Action
from bot.buttons import Press, keyboard
from bot.conversation import Conversation
from bot.filters import answers, pressed
from bot.handlers.following import Look, follow
from bot.prompts import Answered
from bot.views import reviews as views

LONGEST_UNITS = 3500
"""So that the whole answer is seen when it is looked at once more."""

KINDS = {
    "r": (answer_review, msgid("✍️ Write the answer to the review. The buyer will read it as you write it.")),
    "e": (edit_review_answer, msgid("✍️ Write the answer anew. Wildberries lets it be changed once, within 60 days.")),
    "q": (answer_question, msgid("✍️ Write the answer to the question. All buyers will read it.")),
    "x": (reject_question, msgid("✍️ Write why the question is rejected. No buyer sees the question, or this.")),
}
"""What is written, by the letter in buttons."""


def router() -> Router:
    """Answers."""
    made = Router(name="answering")
    made.callback_query.register(asked, pressed(Action.ANSWER))
    made.message.register(written, answers(Action.ANSWER))
    made.callback_query.register(sent, pressed(Action.ANSWER_SEND))
    made.callback_query.register(looked_at, pressed(Action.ANSWER_STATE))
    return made


async def asked(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """What to answer?"""
    kind, subject = _subject(talk, press)
    await talk.ask(talk.text(KINDS[kind][1]), Action.ANSWER, subject_part(talk, kind, subject))


async def written(_: Message, talk: Conversation, answered: Answered) -> None:
    """The answer once more, before it is sent."""
    kind, subject = _subject(talk, answered.press)
    text = "".join(letter for letter in answered.text if letter.isprintable() or letter == "\n").strip()
    if len(text) < SHORTEST_ANSWER or utf16_units(text) > LONGEST_UNITS:
        await talk.say(
            talk.text(
                "An answer has from {least} to {most} characters. Write it once more.",
                least=SHORTEST_ANSWER,
                most=LONGEST_UNITS,
            ),
            keyboard([talk.button("✍️ Once more", Action.ANSWER, subject_part(talk, kind, subject))]),
        )
        return
    key = talk.remembered.keep(json.dumps([kind, subject, text]))
    await talk.say(
        views.confirmation(talk.reader, text, clock.now()),
        keyboard(
            [talk.button("📨 Send", Action.ANSWER_SEND, key)],
            [
                talk.button("✍️ Once more", Action.ANSWER, subject_part(talk, kind, subject)),
                talk.button("Do not send", Action.MENU),
            ],
        ),
    )


async def sent(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """Send it: however often the button is pressed, it is one command."""
    key = press.rest()
    kind, subject, text = json.loads(talk.remembered.text(key))
    command: WbCommand = await talk.gateway.call(
        KINDS[kind][0].asyncio_detailed, subject, body=AnswerText(text=text), idempotency_key=f"bot-{key.hex()}"
    )
    await _show(talk, command)


async def looked_at(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """How far it has come."""
    await _show(talk, await _command(talk, press.uuid()))


async def _show(talk: Conversation, command: WbCommand) -> None:
    html = views.command(talk.reader, command)
    await talk.show(html, _markup(talk, command))
    message = talk.message
    if command.ended_at is not None or message is None:
        return

    async def look() -> Look:
        seen = await _command(talk, command.command_id)
        return Look(views.command(talk.reader, seen), _markup(talk, seen), is_over=seen.ended_at is not None)

    talk.beside("answer", follow(talk, message.message_id, look, every=_ever_slower(), shown=html))


def _ever_slower() -> Iterator[float]:
    """For ten minutes or so: Wildberries shows an answer within one, or is waited for by the button."""
    return itertools.chain((1, 2, 3, 5, 8, 13, 20), itertools.repeat(30, 18))


def _markup(talk: Conversation, command: WbCommand) -> InlineKeyboardMarkup:
    if command.ended_at is not None:
        return keyboard([talk.button("⭐ Reviews", Action.REVIEWS), talk.button("❓ Questions", Action.QUESTIONS)])
    return keyboard([talk.button("🔄 How far is it?", Action.ANSWER_STATE, command.command_id)])


async def _command(talk: Conversation, command_id: UUID) -> WbCommand:
    answer: AnsweredWbCommand = await talk.gateway.call(get_command.asyncio_detailed, command_id)
    return answer.data


def subject_part(talk: Conversation, kind: str, subject: str) -> bytes:
    """What is answered, as the body of a button: an id that is too long for one is remembered."""
    said = subject.encode()
    return kind.encode() + (b"=" + said if len(said) <= 26 else b"~" + talk.remembered.keep(subject))


def _subject(talk: Conversation, press: Press) -> tuple[str, str]:
    body = press.rest()
    kind, how, said = body[:1].decode(errors="replace"), body[1:2], body[2:]
    if kind not in KINDS or how not in (b"=", b"~"):
        raise Forged("nothing that can be answered")
    return kind, said.decode(errors="replace") if how == b"=" else talk.remembered.text(said)

"""Reviews and questions: a page of them, one, and how far an answer has come."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from pulse_client.models import LastCommand, ListMeta, Meta, Question, Review, WbCommand
from servicekit.text import UNKNOWN, name
from servicekit.translation import msgid

from bot.views.lines import CODE_UNITS, TITLE_UNITS, freshness, message, quoted
from bot.views.reader import Reader

STATES = ("waiting", "any", "answered")
STATE_WORDS = {
    "waiting": msgid("Without an answer"),
    "any": msgid("All"),
    "answered": msgid("Answered"),
}
EXCERPT_UNITS = 160
TEXT_UNITS = 1200
COMMAND_WORDS = {
    "requested": msgid("⏳ Accepted: on its way to Wildberries"),
    "sent": msgid("📨 Sent: Wildberries is asked whether it is shown"),
    "unknown": msgid("❔ Wildberries did not answer: whether it arrived is being found out"),
    "confirmed": msgid("✅ Written at Wildberries"),
    "refused": msgid("🚫 Wildberries refused it"),
    "cancelled": msgid("🚫 Cancelled: the shop was disconnected"),
}
CODE_WORDS = {
    "limit": msgid("it waits for Wildberries' limit of requests"),
    "token_rejected": msgid("it waits: Wildberries refuses the token"),
    "scope_refused": msgid("it waits: the token lacks the category of feedbacks"),
    "moderation": msgid("it did not pass moderation"),
    "not_found": msgid("there is no such review or question any more"),
    "not_shown": msgid("Wildberries took it and does not show it"),
    "answered_otherwise": msgid("somebody answered otherwise meanwhile"),
    "too_late": msgid("it is too late to change this answer"),
    "unresolved": msgid("Wildberries did not let it be read back in a week: look there"),
}


def reviews_page(
    reader: Reader, reviews: Sequence[Review], meta: ListMeta, *, state: str, first: int, count: str
) -> str:
    """Reviews as a list; `first` is the number of the first, `count` how many there are, in words."""
    lines = _head(reader, "⭐", reader.text("Reviews"), state, count)
    if not reviews:
        lines += ["", reader.text("No reviews here.")]
    for number, review in enumerate(reviews, first):
        marked = ((review.text, ""), (review.pros, "+ "), (review.cons, "− "))
        said = " · ".join(f"{mark}{part}" for part, mark in marked if part)
        lines += [
            "",
            f"<b>{number}.</b> {stars(review.stars)} · {reader.short_moment(review.created_at)}{_mark(review)}",
            name(review.product_name or review.supplier_article, TITLE_UNITS) or UNKNOWN,
            *([f"«{name(said, EXCERPT_UNITS)}»"] if said else []),
        ]
    return message(lines, freshness(reader, meta))


def questions_page(
    reader: Reader, questions: Sequence[Question], meta: ListMeta, *, state: str, first: int, count: str
) -> str:
    """Questions as a list."""
    lines = _head(reader, "❓", reader.text("Questions"), state, count)
    if not questions:
        lines += ["", reader.text("No questions here.")]
    for number, question in enumerate(questions, first):
        lines += [
            "",
            f"<b>{number}.</b> {reader.short_moment(question.created_at)}{_mark(question)}",
            name(question.product_name or question.supplier_article, TITLE_UNITS) or UNKNOWN,
            f"«{name(question.text, EXCERPT_UNITS) or UNKNOWN}»",
        ]
    return message(lines, freshness(reader, meta))


def review_card(reader: Reader, review: Review, meta: Meta) -> str:
    """One review, with what was answered and how far the newest answer has come."""
    lines = [f"{stars(review.stars)} · {reader.short_moment(review.created_at)}", *_what(reader, review)]
    parts = ((review.text, ""), (review.pros, reader.text("Pros:")), (review.cons, reader.text("Cons:")))
    for said, title in parts:
        if said:
            lines += [*([title] if title else []), quoted(said, TEXT_UNITS)]
    if not any(said for said, _ in parts):
        lines.append(reader.text("Without words"))
    if review.tags:
        lines.append("🏷 " + " · ".join(name(tag, CODE_UNITS) for tag in review.tags[:6]))
    lines += _answered(reader, review.answer_text, review.last_command)
    return message(lines, freshness(reader, meta))


def question_card(reader: Reader, question: Question, meta: Meta) -> str:
    """One question, likewise."""
    lines = [f"❓ {reader.short_moment(question.created_at)}", *_what(reader, question)]
    lines.append(quoted(question.text, TEXT_UNITS) if question.text else UNKNOWN)
    lines += _answered(reader, question.answer_text, question.last_command)
    return message(lines, freshness(reader, meta))


def confirmation(reader: Reader, text: str, now: datetime) -> str:
    """The answer as the buyer will read it, to be looked at once more."""
    lines = [reader.text("Send this answer to the buyer?"), "", quoted(text, 3500)]
    return message(lines, reader.text("🕒 written at {moment}", moment=reader.moment(now)))


def command(reader: Reader, state: WbCommand) -> str:
    """How far an answer has come."""
    lines = [
        *_state(reader, state.state, state.code, state.reason),
        quoted(state.text, TEXT_UNITS),
        *([reader.text("Tries: {count}", count=reader.number(state.attempts))] if state.attempts > 1 else []),
    ]
    return message(lines, reader.text("🕒 as of {moment}", moment=reader.moment(state.changed_at)))


def stars(count: int | None) -> str:
    """`⭐ 2/5`."""
    return f"⭐ {UNKNOWN if count is None else count}/5"


def _head(reader: Reader, sign: str, what: str, state: str, count: str) -> list[str]:
    return [" · ".join(filter(None, (f"{sign} <b>{what}</b>", reader.text(STATE_WORDS[state]), count)))]


def _mark(thing: Review | Question) -> str:
    return " · ⏳" if thing.is_waiting else " · 💬" if thing.answer_text else ""


def _what(reader: Reader, thing: Review | Question) -> list[str]:
    size = thing.size if isinstance(thing, Review) else None
    parts = [name(thing.product_name, 120) or UNKNOWN]
    if size and size != "0":
        parts.append(reader.text("size {size}", size=name(size, 20)))
    code = " · ".join(filter(None, (str(thing.nm_id or ""), name(thing.supplier_article, CODE_UNITS))))
    return [f"👕 {' · '.join(parts)}", f"🆔 {code or UNKNOWN}", ""]


def _answered(reader: Reader, answer: str | None, last: LastCommand | None) -> Iterator[str]:
    if answer:
        yield ""
        yield reader.text("💬 The answer:")
        yield quoted(answer, TEXT_UNITS)
    if last is not None and not (last.state == "confirmed" and answer):
        yield ""
        yield from _state(reader, last.state, last.code, last.reason)
        if last.text and last.text != answer:
            yield quoted(last.text, 600)


def _state(reader: Reader, state: str, code: str | None, reason: str | None) -> Iterator[str]:
    yield reader.text(COMMAND_WORDS[state]) if state in COMMAND_WORDS else name(state, CODE_UNITS)
    said = reader.text(CODE_WORDS[code]) if code in CODE_WORDS else name(code, CODE_UNITS)
    if said and code != "refused":
        yield f"({said})"
    if reason:
        yield quoted(reason, 400)

"""Why somebody was told something: by the button under the message."""

from aiogram import Router
from aiogram.types import CallbackQuery
from pulse_client.api.notifications import list_message_kinds, why_told
from pulse_client.models import AnsweredToldWhy, ListedShownKind, ToldWhy
from servicekit.text import name
from servicekit.translation import msgid

from bot.actions import Action
from bot.buttons import Press, keyboard
from bot.conversation import Conversation
from bot.filters import pressed
from bot.views.alerts import FIGURE_WORDS, figure

REASONS = {
    "on": msgid("You are told of this kind: {level}."),
    "burst": msgid("Many came at once, so they were told together."),
    "woken": msgid("It waited until your quiet hours were over."),
    "quiet": msgid("It waits until your quiet hours are over."),
    "digest_at": msgid("It waits for the hour of your digests."),
}
LEVELS = {
    "default": msgid("by default"),
    "user": msgid("by your settings"),
    "cabinet": msgid("by your settings of this shop"),
    "kind": msgid("by your settings of this kind"),
    "channel": msgid("by your settings of this channel"),
}
AGE_WORDS = {
    "stock_at": msgid("Stock as of: {value}"),
    "data_as_of": msgid("Data as of: {value}"),
}
SHOWN_FIGURES = 12
FIGURE_UNITS = 60


def router() -> Router:
    """Why."""
    made = Router(name="why")
    made.callback_query.register(why, pressed(Action.WHY))
    return made


async def why(_: CallbackQuery, talk: Conversation, press: Press) -> None:
    """The kind, what the settings decided, the figures and how old they were, and the event's id."""
    told: AnsweredToldWhy = await talk.gateway.call(why_told.asyncio_detailed, press.uuid())
    kinds: ListedShownKind = await talk.gateway.call(list_message_kinds.asyncio_detailed)
    shown = {kind.name: kind for kind in kinds.data}
    kind = shown.get(told.data.told_as or told.data.kind)
    title = (kind.en if talk.language.code == "en" else kind.ru) if kind else told.data.kind
    lines = [
        f"<b>{talk.text('❔ Why')}: {name(title, FIGURE_UNITS)}</b>",
        _reason(talk, told.data),
        talk.text("Its figures were taken on {moment}.", moment=talk.moment(told.data.reported_at)),
        *_figures(talk, told.data),
        talk.text("Event {id}", id=f"<code>{told.data.event_id}</code>"),
    ]
    await talk.say("\n".join(lines), keyboard([talk.button("⚙️ Settings", Action.SETTINGS)]))


def _reason(talk: Conversation, told: ToldWhy) -> str:
    code, _, level = (told.reason or "").partition(":")
    if code not in REASONS:
        return name(told.reason, FIGURE_UNITS)
    return talk.text(REASONS[code], level=talk.text(LEVELS.get(level, LEVELS["default"])))


def _figures(talk: Conversation, told: ToldWhy) -> list[str]:
    """What it went by, as the event has it: plain values, of what is nested those of `figures`."""
    said = told.figures.to_dict()
    plain = said.get("figures") if isinstance(said.get("figures"), dict) else said
    values = {key: value for key, value in (plain or {}).items() if isinstance(value, str | int | float | bool)}
    return [f"• {_figure(talk, key, value)}" for key, value in list(values.items())[:SHOWN_FIGURES]]


def _figure(talk: Conversation, key: str, value: object) -> str:
    said = figure(talk.reader, key, value)
    words = FIGURE_WORDS | AGE_WORDS
    return talk.text(words[key], value=said) if key in words else f"{name(key, FIGURE_UNITS)}: {said}"

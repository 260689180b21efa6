"""What all lists are: opened by a command or a button; turned over, filtered, searched in place; of one shop or all."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiogram import Router
from aiogram.types import CallbackQuery, Message
from pulse_client.models import ProblemDetails
from pulse_client.types import Response

from bot.actions import Action
from bot.buttons import Part, Press, Row, keyboard
from bot.conversation import Conversation
from bot.filters import Command, answers, pressed, said
from bot.handlers import paging
from bot.handlers.choosing import respond
from bot.listing import Listing, searched
from bot.prompts import Answered
from bot.views.lines import how_many
from bot.views.reader import Reader


@dataclass(frozen=True)
class Page:
    """What is shown of a list: the gateway's answer (rows are its `data`), and where in the list that is."""

    answer: Any
    listing: Listing
    first: int
    """The number of the first row, from 1."""
    count: str
    """How many rows there are, in words."""


@dataclass(frozen=True)
class ListView:
    """A list of the gateway as messages."""

    action: Action
    operation: Callable[..., Awaitable[Response[Any | ProblemDetails]]]
    size: int
    html: Callable[[Reader, Page], str]
    cards: Callable[[Conversation, Page], list[Row]]
    """The buttons that open the rows."""
    arguments: Callable[[Listing], dict[str, Any]]
    """What the gateway is asked for, but for shop, page and size."""
    command: str | None = None
    filters: Callable[[Reader], Sequence[str]] = lambda _: ()
    """The texts of the filters, by `Listing.kind`."""
    search: Action | None = None
    question: str = ""
    """Msgid that asks what to search for."""
    more: Callable[[Conversation, Listing], Row] = lambda *_: []
    """Buttons beside the search."""

    def register(self, router: Router) -> None:
        """The ways to the list and in it."""
        if self.command is not None:
            router.message.register(self.asked, said(self.command))
        router.callback_query.register(self.turned, pressed(self.action))
        if self.search is not None:
            router.callback_query.register(self.ask, pressed(self.search))
            router.message.register(self.found, answers(self.search))

    async def asked(self, _: Message, talk: Conversation, command: Command) -> None:
        """All of it, or what has the words behind the command."""
        await self.show(talk, Listing(text=searched(command.arguments) if self.search else ""))

    async def turned(self, _: CallbackQuery, talk: Conversation, press: Press) -> None:
        """Another page, filter or shop, or back from a card."""
        await self.show(talk, Listing.read(press, talk.remembered))

    async def ask(self, _: CallbackQuery, talk: Conversation, press: Press) -> None:
        """What to search for? The shop stays."""
        shop = Listing.read(press, talk.remembered).shop
        await talk.ask(talk.text(self.question), self.search or self.action, Listing(shop=shop).packed(talk.remembered))

    async def found(self, _: Message, talk: Conversation, answered: Answered) -> None:
        """What has these words."""
        shop = Listing.read(answered.press, talk.remembered).shop
        await self.show(talk, Listing(text=searched(answered.text), shop=shop))

    async def show(self, talk: Conversation, listing: Listing) -> None:
        """A page of it, in the message whose button was pressed."""
        before = listing.page * self.size
        answer, headers, chosen = await respond(
            talk, listing, self.operation, limit=self.size, offset=before, **self.arguments(listing)
        )
        count = how_many(headers.get("X-Total-Count"), headers.get("X-Total-Count-Is"))
        page = Page(answer, listing, before + 1, count)
        has_more = answer.meta.next_cursor is not None
        searching = [talk.button("🔎 Search", self.search, listing.packed(talk.remembered))] if self.search else []
        await talk.show(
            chosen.named(self.html(talk.reader, page)),
            keyboard(
                *self.cards(talk, page),
                paging.pages(talk, self.action, listing, size=self.size, has_more=has_more),
                *paging.filters(talk, self.action, listing, self.filters(talk.reader), *searching),
                [*self.more(talk, listing)],
                chosen.row(talk, self.action, listing),
            ),
        )


def numbered(action: Action, part: Callable[[Any], Part], beside: int) -> Callable[[Conversation, Page], list[Row]]:
    """Cards behind the numbers of the rows; `part` is what a button says of its row, `beside` its bytes."""

    def cards(talk: Conversation, page: Page) -> list[Row]:
        parts = [part(row) for row in page.answer.data]
        return [paging.cards(talk, action, page.listing, parts, first=page.first, beside=beside)]

    return cards


def worded(words: Mapping[str, str]) -> Callable[[Reader], list[str]]:
    """Filters whose msgids stand in `words`, in their order."""
    return lambda reader: [reader.text(each) for each in words.values()]

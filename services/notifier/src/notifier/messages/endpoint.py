"""What messages about a seller's own endpoint share."""

import re
from dataclasses import replace
from typing import Literal
from uuid import UUID

from contracts.model import Model, Moment
from servicekit.text import name
from servicekit.translation import Language

from notifier.messages.message import About, Message
from notifier.messages.notice import notice

HOST_UNITS = 100

_STATUS = re.compile(r"^answered (\d{3})$")


class Endpoint(Model):
    """A webhook and since when it fails: it does not take what is sent, must not be called, or says that it is gone."""

    webhook_id: UUID
    host: str
    since: Moment
    state: Literal["unavailable", "refused", "gone"] = "unavailable"
    error: str | None = None

    @property
    def shown(self) -> str:
        """Its host, as it stands in a message."""
        return name(self.host, HOST_UNITS)


def of_endpoint(title: str, lines: list[str], about: About) -> Message:
    """It may be told of several shops: none of them is named."""
    return notice(title, lines, replace(about, shop_name=None))


def days(count: int, language: Language) -> str:
    """`7 дней`."""
    return language.plural("{n} day", "{n} days", count)


def what_it_does(told: Endpoint, language: Language) -> str:
    """`shop.example отвечает кодом 503`."""
    if status := _STATUS.match(told.error or ""):
        return language.text("{host} answers with code {code}", host=told.shown, code=status[1])
    if (told.error or "").endswith("does not resolve"):
        return language.text("the name of {host} is not found", host=told.shown)
    return language.text("{host} does not answer", host=told.shown)

"""What messages about a cabinet share: a head with the shop, lines, and the time of the data."""

import re
from collections.abc import Iterable

from servicekit.text import name
from servicekit.translation import Language, msgid

from notifier.messages.message import About, Button, Message

SHOP_UNITS = 60

NOTHING_IS_LOST = msgid("What is stored is not lost; what was missed will be loaded.")

_STATUS = re.compile(r"^(\d{3})\b")


def notice(title: str, lines: Iterable[str], about: About, buttons: tuple[Button, ...] = ()) -> Message:
    """A message of a title, the shop, some lines and the time."""
    shop = name(about.shop_name, SHOP_UNITS)
    head = [f"<b>{title}</b>", *([f"🏬 {shop}"] if shop else ()), ""]
    return Message("\n".join([*head, *lines, "", f"🕒 {as_of(about)}"]), buttons)


def as_of(about: About) -> str:
    """`на 20.11 14:07 МСК`: when the data were taken."""
    zone = about.language.zone(about.data_at, about.zone)
    return about.language.text("as of {moment} {zone}", moment=about.moment(about.data_at), zone=zone)


def why(reason: str | None, language: Language) -> str:
    """What keeps Wildberries from giving data, from what it answered (`503: …`), in words a seller knows."""
    status = _STATUS.match(reason or "")
    code = status[1] if status else ""
    if code == "429":
        return language.text("Wildberries limited the number of requests")
    if code == "404":
        return language.text("Wildberries switched these data off for a while")
    if code.startswith("5"):
        return language.text("Wildberries answers with error {code}", code=code)
    if code:
        return language.text("Wildberries refuses the request (code {code})", code=code)
    if reason:
        return language.text("Wildberries gives no data")
    return language.text("Wildberries did not answer in time")

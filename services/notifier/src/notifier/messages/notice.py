"""What messages about a cabinet share: a head with the shop, lines, and the time of the data."""

import re
from collections.abc import Iterable

from servicekit.text import moment, name

from notifier.messages.message import About, Message

SHOP_UNITS = 60

NOTHING_IS_LOST = "Накопленные данные не пропадут, пропущенное догрузим."

_STATUS = re.compile(r"^(\d{3})\b")


def notice(title: str, lines: Iterable[str], about: About) -> Message:
    """A message of a title, the shop, some lines and the time."""
    shop = name(about.shop_name, SHOP_UNITS)
    head = [f"<b>{title}</b>", *([f"🏬 {shop}"] if shop else ()), ""]
    return Message("\n".join([*head, *lines, "", f"🕒 на {moment(about.data_at)} МСК"]))


def why(reason: str | None) -> str:
    """What keeps Wildberries from giving data, from what it answered (`503: …`), in words a seller knows."""
    status = _STATUS.match(reason or "")
    code = status[1] if status else ""
    if code == "429":
        return "Wildberries ограничил число запросов"
    if code == "404":
        return "Wildberries временно отключил эти данные"
    if code.startswith("5"):
        return f"Wildberries отвечает с ошибкой {code}"
    if code:
        return f"Wildberries отклоняет запрос (код {code})"
    return "Wildberries не отдаёт данные" if reason else "Wildberries не ответил вовремя"

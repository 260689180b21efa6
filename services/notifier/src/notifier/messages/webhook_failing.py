"""A seller's own endpoint takes nothing, or takes messages again."""

import re
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.model import Model
from servicekit.text import moment, name, span

from notifier.messages.message import About, Message
from notifier.messages.notice import notice
from notifier.waiting import KEEP_DAYS

HOST_UNITS = 100

_STATUS = re.compile(r"^answered (\d{3})$")


class Endpoint(Model):
    """A webhook and since when it fails: it does not take what is sent, must not be called, or says that it is gone."""

    webhook_id: UUID
    host: str
    since: datetime
    state: Literal["unavailable", "refused", "gone"] = "unavailable"
    error: str | None = None


def webhook_failing(payload: str, about: About) -> Message:
    """Rendered from `Endpoint`."""
    told = Endpoint.model_validate_json(payload)
    host, since = name(told.host, HOST_UNITS), f"Так с {moment(told.since)}."
    match told.state:
        case "gone":
            lines = [f"{host} ответил, что этого адреса больше нет (код 410).", "Больше на него ничего не отправляем."]
            return notice("🔌 Вебхук отключён", lines, about)
        case "refused":
            lines = [f"{host}: это не публичный адрес https, сообщения на него не отправляются.", since]
        case _:
            lines = [
                f"{host} {_what_it_does(told.error)}.",
                since,
                f"Пробуем снова примерно раз в час. Сообщения ждут {KEEP_DAYS} дней и дойдут, как только он их примет.",
            ]
    return notice("🔌 Вебхук не принимает сообщения", lines, about)


def webhook_recovered(payload: str, about: About) -> Message:
    """Rendered from `Endpoint`."""
    told = Endpoint.model_validate_json(payload)
    pause = span(about.data_at - told.since)
    lines = [f"{name(told.host, HOST_UNITS)} снова отвечает.", f"Перерыв: {pause}, с {moment(told.since)}."]
    return notice("✅ Вебхук снова принимает сообщения", lines, about)


def _what_it_does(error: str | None) -> str:
    if status := _STATUS.match(error or ""):
        return f"отвечает кодом {status[1]}"
    return "не находится по имени" if (error or "").endswith("does not resolve") else "не отвечает"

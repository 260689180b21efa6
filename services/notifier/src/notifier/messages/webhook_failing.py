"""A seller's own endpoint takes nothing, was paused for it, or takes messages again."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.model import Model
from servicekit.text import moment, name, plural, span

from notifier.messages.message import About, Message
from notifier.messages.notice import notice
from notifier.waiting import DAYS_BEFORE_PAUSE, MISSED_KEEP_DAYS

HOST_UNITS = 100
DAYS = ("день", "дня", "дней")

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
    if told.state == "refused":
        lines = [f"{host}: это не публичный адрес https, сообщения на него не отправляются.", since]
    else:
        lines = [
            f"{host} {_what_it_does(told.error)}.",
            since,
            "Пробуем снова примерно раз в час, сообщения дойдут, как только он их примет.",
            f"Если за {_days(DAYS_BEFORE_PAUSE)} не примет ни одного, подписка будет приостановлена.",
        ]
    return _of_endpoint("🔌 Вебхук не принимает сообщения", lines, about)


def webhook_paused(payload: str, about: About) -> Message:
    """Rendered from `Endpoint`."""
    told = Endpoint.model_validate_json(payload)
    host = name(told.host, HOST_UNITS)
    if told.state == "gone":
        reason = f"{host} ответил, что этого адреса больше нет (код 410)."
    else:
        reason = f"{host} {_what_it_does(told.error)}: за {_days(DAYS_BEFORE_PAUSE)} не принято ни одного сообщения."
    lines = [
        reason,
        f"Больше на него ничего не отправляем. Пропущенное храним {_days(MISSED_KEEP_DAYS)}:",
        "возобновите подписку и запросите повторную отправку.",
    ]
    return _of_endpoint("⏸ Вебхук приостановлен", lines, about)


def webhook_recovered(payload: str, about: About) -> Message:
    """Rendered from `Endpoint`."""
    told = Endpoint.model_validate_json(payload)
    pause = span(about.data_at - told.since)
    lines = [f"{name(told.host, HOST_UNITS)} снова отвечает.", f"Перерыв: {pause}, с {moment(told.since)}."]
    return _of_endpoint("✅ Вебхук снова принимает сообщения", lines, about)


def _of_endpoint(title: str, lines: list[str], about: About) -> Message:
    # It may be told of several shops: none of them is named.
    return notice(title, lines, replace(about, shop_name=None))


def _days(count: int) -> str:
    return plural(count, DAYS)


def _what_it_does(error: str | None) -> str:
    if status := _STATUS.match(error or ""):
        return f"отвечает кодом {status[1]}"
    return "не находится по имени" if (error or "").endswith("does not resolve") else "не отвечает"

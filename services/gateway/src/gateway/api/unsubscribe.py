"""`/notifications/unsubscribe/{token}`: what the links in mails lead to. No caller is asked for: whoever has it may.

Programs of mail providers send the POST of RFC 8058 when their user presses "unsubscribe"; a person who follows the
link is shown a page that asks, for scanners of mail follow every link.
"""

import html

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from gateway.api.parts import UsedParts
from gateway.api.protection import SECURITY_HEADERS
from gateway.targets import store

router = APIRouter(prefix="/notifications/unsubscribe", include_in_schema=False)

MAX_TOKEN = 100

_HEADERS = {
    **SECURITY_HEADERS,
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Robots-Tag": "noindex",
}
_PAGE = """<!doctype html>
<html lang="ru"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Pulse</title><h1>{title}</h1><p>{text}</p>{form}</html>
"""
_FORM = '<form method="post"><button>Отписаться</button></form>'


@router.get("/{token}")
async def ask_whether_to_unsubscribe(parts: UsedParts, token: str) -> HTMLResponse:
    """A page with one button."""
    async with parts.database.transaction() as connection:
        hint = await store.of_link(connection, token[:MAX_TOKEN])
    if hint is None:
        return _unknown()
    return _page(200, "Отписаться от писем?", f"На адрес {html.escape(hint)} больше не придёт ни одного письма.", _FORM)


@router.post("/{token}")
async def unsubscribe_by_link(parts: UsedParts, token: str) -> HTMLResponse:
    """End the target, if it did not end before: it is safe to repeat."""
    async with parts.database.transaction() as connection:
        hint = await store.unsubscribe(connection, token[:MAX_TOKEN])
    if hint is None:
        return _unknown()
    return _page(200, "Вы отписаны", f"На адрес {html.escape(hint)} больше ничего не придёт.")


def _unknown() -> HTMLResponse:
    return _page(404, "Ссылка не действует", "Такой подписки нет: возможно, её удалили давно.")


def _page(status: int, title: str, text: str, form: str = "") -> HTMLResponse:
    return HTMLResponse(_PAGE.format(title=title, text=text, form=form), status, _HEADERS)

"""Invented messages of each kind, sent to a chat: how they look in Telegram."""

from collections.abc import AsyncIterator, Sequence

from servicekit import callback_data
from servicekit.http import make_client
from servicekit.translation import Code

from notifier.channels.bot_api import TIMEOUT_SECONDS, BotApi
from notifier.channels.telegram import Form
from notifier.previews import previews
from notifier.settings import Settings


async def send_previews(
    settings: Settings, chat_id: int, kinds: Sequence[str], code: Code
) -> AsyncIterator[tuple[str, str | None]]:
    """Send each preview of the kinds; the kind, and what Telegram said against it (None: it took it).

    Raises:
        NotReached, NoAnswer: see `notifier.channels.outbound`.
    """
    token = settings.telegram_bot_token
    key = callback_data.callback_key(token.get_secret_value())
    async with make_client(timeout_seconds=TIMEOUT_SECONDS, max_connections=1) as client:
        api = BotApi(client, settings.telegram_api_base_url, token)
        for kind in kinds:
            for message in previews(kind, code):
                form = Form(str(chat_id), message.html, message.buttons, None, callback_key=key)
                reply = await api.call("sendMessage", form.fields("text"))
                yield kind, None if reply.ok else reply.description

"""The channels that an installation may be without: made from its settings, and told to the gateway."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from contracts.notifications import Channel
from servicekit import clock
from servicekit.addresses import pinned_client
from servicekit.db import Database
from servicekit.http import make_client
from sqlalchemy import text

from notifier.channels import firebase, webpush
from notifier.channels.email import Post, email_channel
from notifier.channels.firebase import firebase_channel
from notifier.channels.google_token import AccessTokens, ServiceAccount
from notifier.channels.smtp import Mailer, Server
from notifier.channels.webpush import VapidKey, webpush_channel
from notifier.deliveries.model import Send
from notifier.settings import OPTIONAL_CHANNELS, Settings

_ANNOUNCE = text("""
INSERT INTO channels (channel, is_on, public_key)
SELECT * FROM unnest(CAST(:channel AS text[]), CAST(:is_on AS boolean[]), CAST(:public_key AS text[]))
ON CONFLICT (channel) DO UPDATE SET is_on = excluded.is_on, public_key = excluded.public_key
""")


async def announce_channels(database: Database, settings: Settings) -> None:
    """Let the gateway know what is sent over, and the key that browsers need."""
    key = vapid_key(settings)
    values = {
        "channel": list(OPTIONAL_CHANNELS),
        "is_on": [channel in settings.channels for channel in OPTIONAL_CHANNELS],
        "public_key": [key.public_key if key and channel == "webpush" else None for channel in OPTIONAL_CHANNELS],
    }
    async with database.transaction() as connection:
        await connection.execute(_ANNOUNCE, values)


def vapid_key(settings: Settings) -> VapidKey | None:
    """The key of Web Push; None: no browser is told."""
    if settings.vapid_private_key is None or settings.vapid_subject is None:
        return None
    return VapidKey(settings.vapid_private_key, settings.vapid_subject)


@asynccontextmanager
async def optional_channels(settings: Settings, *, slots: int) -> AsyncIterator[dict[Channel, Send]]:
    """What is sent over beside Telegram and webhooks; its connections are closed after the block."""
    keys, sends = settings.seal_private_keys, dict[Channel, Send]()
    async with AsyncExitStack() as stack:
        if settings.smtp_url and settings.smtp_from and settings.public_url:
            mailer = Mailer(Server.of(settings.smtp_url.get_secret_value()))
            stack.push_async_callback(mailer.close)
            post = Post(settings.smtp_from, settings.public_url, settings.smtp_bounces)
            sends["email"] = email_channel(mailer, post, keys, clock.now)
        if key := vapid_key(settings):
            endpoints = await stack.enter_async_context(
                pinned_client(timeout_seconds=webpush.ANSWER_TIMEOUT_SECONDS, max_connections=slots)
            )
            sends["webpush"] = webpush_channel(
                endpoints, key, keys, clock.now, allow_private=settings.allow_private_urls
            )
        if settings.firebase_credentials:
            account = ServiceAccount.of(settings.firebase_credentials.get_secret_value())
            google = await stack.enter_async_context(
                make_client(timeout_seconds=firebase.TIMEOUT_SECONDS, max_connections=slots)
            )
            sends["firebase"] = firebase_channel(
                google,
                AccessTokens(google, account, clock.now),
                keys,
                clock.now,
                base_url=settings.firebase_api_base_url,
                project_id=account.project_id,
            )
        yield sends

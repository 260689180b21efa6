"""Wiring: the one place that knows all parts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import redis.asyncio
from contracts.alerts import AlertsRaisedV1, AlertsResolvedV1, AlertsUpdatedV1
from contracts.cabinets import (
    CabinetConnectedV1,
    CabinetDisconnectedV1,
    CabinetRenamedV1,
    CabinetSuspendedV1,
    CabinetTokenExpiringV1,
    CabinetVerifiedV1,
    MembersChangedV1,
)
from contracts.digests import DigestPreparedV1
from contracts.freshness import DataDelayedV1, DataRecoveredV1
from contracts.notification_settings import NotificationSettingsEnteredV1
from contracts.notification_targets import (
    NotificationTargetEnteredV1,
    NotificationTargetRemovedV1,
    NotificationTargetTestedV1,
)
from contracts.notifications import Channel, NotificationRetryRequestedV1
from contracts.orders import OrdersReportedV1
from contracts.preferences import PreferencesEnteredV1
from contracts.products import ProductsUpdatedV1
from contracts.syncs import SyncCompletedV1, SyncFailedV1, SyncResumedV1
from contracts.topics import NOTIFIER_ALERTS, NOTIFIER_CABINETS, NOTIFIER_DIGESTS, NOTIFIER_ENTERED, NOTIFIER_ORDERS
from contracts.wb_commands import WbCommandChangedV1
from contracts.webhooks import WebhooksEnteredV1, WebhooksRemovedV1, WebhooksReplayRequestedV1, WebhooksTestedV1
from servicekit import callback_data, clock
from servicekit.addresses import pinned_client
from servicekit.background import every, running
from servicekit.cache import connect_redis
from servicekit.checks import redis_check, standard_checks
from servicekit.consume import consume
from servicekit.db import Database
from servicekit.health import health_routes
from servicekit.http import make_client
from servicekit.metrics import metrics_route
from servicekit.purge import EVERY_SECONDS as PURGE_SECONDS
from servicekit.retention import EVERY_SECONDS as RETENTION_SECONDS
from servicekit.serving import Platform, make_app
from starlette.applications import Starlette

from notifier.channels.bot_api import TIMEOUT_SECONDS, BotApi
from notifier.channels.photos import FETCH_TIMEOUT_SECONDS, Photos
from notifier.channels.telegram import telegram_channel
from notifier.channels.webhook import ANSWER_TIMEOUT_SECONDS, webhook_channel
from notifier.deliveries.limits import Limits
from notifier.deliveries.model import Send
from notifier.deliveries.programs import told_to_programs
from notifier.deliveries.sender import Sender
from notifier.deliveries.throttle import Throttle
from notifier.handlers.cabinet_connected import cabinet_connected
from notifier.handlers.cabinet_disconnected import cabinet_disconnected
from notifier.handlers.cabinet_renamed import cabinet_renamed
from notifier.handlers.cabinet_suspended import cabinet_suspended
from notifier.handlers.cabinet_verified import cabinet_verified
from notifier.handlers.data_delayed import data_delayed
from notifier.handlers.data_recovered import data_recovered
from notifier.handlers.members_changed import members_changed
from notifier.handlers.notification_retry_requested import notification_retry_requested
from notifier.handlers.notification_settings_entered import notification_settings_entered
from notifier.handlers.notification_target_entered import notification_target_entered
from notifier.handlers.notification_target_removed import notification_target_removed
from notifier.handlers.notification_target_tested import notification_target_tested
from notifier.handlers.preferences_entered import preferences_entered
from notifier.handlers.sync_resumed import sync_resumed
from notifier.handlers.told_by_rules import told_by_rules
from notifier.handlers.webhooks_entered import webhooks_entered
from notifier.handlers.webhooks_removed import webhooks_removed
from notifier.handlers.webhooks_replay_requested import webhooks_replay_requested
from notifier.handlers.webhooks_tested import webhooks_tested
from notifier.jobs.give_up import give_up
from notifier.jobs.pause_webhooks import pause_webhooks
from notifier.jobs.purge import purge
from notifier.jobs.replay_missed import replay_missed
from notifier.jobs.retention import forget_old
from notifier.jobs.tell_ended_targets import tell_ended_targets
from notifier.jobs.tell_outages import tell_outages
from notifier.metrics import COUNTERS, READINGS
from notifier.optional_channels import announce_channels, optional_channels
from notifier.settings import Settings

GIVE_UP_SECONDS = 60 * 60
WATCH_WEBHOOKS_SECONDS = 60
REPLAY_MISSED_SECONDS = 2
TELL_ENDED_SECONDS = 10


def build(platform: Platform, settings: Settings) -> Starlette:
    """The notifier: consumers of cabinets, alerts, orders and what users enter, the senders, health."""
    broker, database = platform.broker, platform.database
    redis_client = connect_redis(settings.redis_url.get_secret_value())
    consume(
        broker,
        database,
        NOTIFIER_CABINETS,
        told_to_programs(
            {
                CabinetConnectedV1: cabinet_connected,
                CabinetRenamedV1: cabinet_renamed,
                MembersChangedV1: members_changed,
                CabinetVerifiedV1: cabinet_verified,
                CabinetSuspendedV1: cabinet_suspended,
                CabinetDisconnectedV1: cabinet_disconnected,
            }
        ),
    )
    consume(
        broker,
        database,
        NOTIFIER_ALERTS,
        told_to_programs(
            {
                CabinetTokenExpiringV1: told_by_rules,
                DataDelayedV1: data_delayed,
                DataRecoveredV1: data_recovered,
                SyncCompletedV1: told_by_rules,
                SyncFailedV1: told_by_rules,
                SyncResumedV1: sync_resumed,
                AlertsRaisedV1: told_by_rules,
                AlertsUpdatedV1: told_by_rules,
                AlertsResolvedV1: told_by_rules,
                WbCommandChangedV1: told_by_rules,
                ProductsUpdatedV1: told_by_rules,
            }
        ),
    )
    consume(broker, database, NOTIFIER_DIGESTS, told_to_programs({DigestPreparedV1: told_by_rules}))
    consume(broker, database, NOTIFIER_ORDERS, told_to_programs({OrdersReportedV1: told_by_rules}))
    consume(
        broker,
        database,
        NOTIFIER_ENTERED,
        {
            WebhooksEnteredV1: webhooks_entered,
            WebhooksRemovedV1: webhooks_removed,
            WebhooksTestedV1: webhooks_tested,
            WebhooksReplayRequestedV1: webhooks_replay_requested,
            PreferencesEnteredV1: preferences_entered,
            NotificationSettingsEnteredV1: notification_settings_entered,
            NotificationTargetEnteredV1: notification_target_entered,
            NotificationTargetRemovedV1: notification_target_removed,
            NotificationTargetTestedV1: notification_target_tested,
            NotificationRetryRequestedV1: notification_retry_requested,
        },
    )

    async def send() -> None:
        await announce_channels(database, settings)
        async with (
            redis_client,
            make_senders(database, settings, redis_client) as senders,
            running({s.channel: s.run for s in senders}),
        ):
            await asyncio.Event().wait()

    async def watch_webhooks() -> None:
        await pause_webhooks(database)
        await tell_outages(database)

    works = {
        "deliveries.send": send,
        "deliveries.give_up": every(GIVE_UP_SECONDS, lambda: give_up(database)),
        "webhooks.watch": every(WATCH_WEBHOOKS_SECONDS, watch_webhooks),
        "targets.tell_ended": every(TELL_ENDED_SECONDS, lambda: tell_ended_targets(database)),
        "webhooks.replay_missed": every(REPLAY_MISSED_SECONDS, lambda: replay_missed(database)),
        "purge": every(PURGE_SECONDS, lambda: purge(database)),
        "retention": every(RETENTION_SECONDS, lambda: forget_old(database)),
    }
    routes = [
        *health_routes(standard_checks(database, broker), {"redis": redis_check(redis_client)}),
        metrics_route(database, broker, readings=READINGS, counters=COUNTERS),
    ]
    return make_app(platform, works, routes)


@asynccontextmanager
async def make_senders(
    database: Database, settings: Settings, redis_client: redis.asyncio.Redis | None = None
) -> AsyncIterator[tuple[Sender, ...]]:
    """A sender for each channel with its HTTP clients, which are closed after the block. Without Redis the limits of
    Telegram are this process's own."""
    token = settings.telegram_bot_token
    keys = settings.seal_private_keys
    slots, lease_seconds = settings.senders, settings.lease_seconds
    async with (
        make_client(timeout_seconds=TIMEOUT_SECONDS, max_connections=slots) as telegram,
        pinned_client(timeout_seconds=FETCH_TIMEOUT_SECONDS, max_connections=slots) as pictures,
        pinned_client(timeout_seconds=ANSWER_TIMEOUT_SECONDS, max_connections=slots) as endpoints,
    ):
        photos = Photos(pictures, allow_private=settings.allow_private_urls)
        api = BotApi(telegram, settings.telegram_api_base_url, token)
        limits = Limits.of(
            per_second=settings.telegram_per_second,
            per_chat_per_second=settings.telegram_per_chat_per_second,
            per_group_per_minute=settings.telegram_per_group_per_minute,
        )
        bot_id = token.get_secret_value().partition(":")[0]
        throttle = Throttle(limits, redis_client, bot=bot_id, prefix=settings.redis_key_prefix)
        callback_key = callback_data.callback_key(token.get_secret_value())
        to_telegram = telegram_channel(api, photos, clock.now, callback_key=callback_key)
        to_webhooks = webhook_channel(endpoints, keys, allow_private=settings.allow_private_urls)
        sends: dict[Channel, Send] = {"webhook": to_webhooks}
        async with optional_channels(settings, slots=slots) as others:
            sends |= others
            senders = (
                Sender(database, "telegram", to_telegram, throttle, slots=slots, lease_seconds=lease_seconds),
                *(
                    Sender(database, channel, send, slots=slots, lease_seconds=lease_seconds)
                    for channel, send in sends.items()
                ),
            )
            try:
                yield senders
            finally:
                # A call that outlives its client leaves its connection open.
                for sender in senders:
                    await sender.idle(timeout_seconds=0)

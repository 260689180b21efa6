"""What an operator sees of the notifier: what comes of deliveries, and how long they wait."""

from collections.abc import AsyncIterator
from typing import Any, get_args
from uuid import UUID

import pytest
from contracts.notifications import Channel
from notifier.app import build
from notifier.deliveries import schedule
from notifier.deliveries.model import Outcome
from notifier.deliveries.sender import Sender
from notifier.jobs.give_up import give_up
from notifier.metrics import READINGS
from notifier.settings import Settings
from pydantic import SecretStr
from servicekit import db, metrics
from servicekit.broker import connected, make_broker
from servicekit.db import Database
from servicekit.serving import Platform
from servicekit.telemetry import configure_telemetry
from starlette.applications import Starlette
from support.metrics import Scraped, read_whole, scrape, see_what_every_service_shows
from support.notifying import orders_reported, reported
from support.waiting import many_deliveries
from tgsim.running import RunningTgsim


@pytest.fixture
async def app(settings: Settings, rabbitmq_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Starlette]:
    """The service, connected to its broker; nothing of it runs. Whoever looks is told what is, not what was."""
    monkeypatch.setattr(metrics, "CACHE_SECONDS", 0)
    settings = settings.model_copy(update={"rabbitmq_url": SecretStr(rabbitmq_url)})
    provider = configure_telemetry("notifier", None)
    platform = Platform("notifier", settings, db.connect(settings), make_broker(rabbitmq_url, "notifier"), provider)
    made = build(platform, settings)
    async with connected(platform.broker):
        yield made


def gained(now: Scraped, before: Scraped, name: str, **labels: str) -> float:
    """How much a counter has grown: it counts from the start of the process, which runs other tests."""
    return (now.value(name, **labels) or 0) - (before.value(name, **labels) or 0)


async def send(sender: Sender) -> None:
    await sender.claim_due()
    await sender.idle()
    await sender.record_ended()


async def test_outbox_queues_dead_letters_and_pool(app: Starlette, notifier_db: Database, rabbitmq_url: str) -> None:
    await see_what_every_service_shows(app, "notifier", notifier_db, rabbitmq_url)


@pytest.mark.usefixtures("at_once")
async def test_attempts_and_deliveries_by_what_came_of_them(
    app: Starlette, handle: Any, cabinet_id: UUID, sender: Sender, tgsim: RunningTgsim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "DELAYS_SECONDS", ())
    before = await scrape(app)
    for faults in (None, 500):
        if faults:
            tgsim.add_fault(kind="status", status=faults)
        await handle(orders_reported(cabinet_id, reported(cabinet_id)))
        await send(sender)
    now = await scrape(app)
    assert gained(now, before, "pulse_delivery_attempts_total", channel="telegram", outcome="delivered") == 1
    assert gained(now, before, "pulse_delivery_attempts_total", channel="telegram", outcome="unavailable") == 1
    assert gained(now, before, "pulse_deliveries_finished_total", channel="telegram", result="delivered") == 1
    assert gained(now, before, "pulse_deliveries_finished_total", channel="telegram", result="failed") == 1
    assert now.value("pulse_deliveries_finished_total", channel="webhook", result="failed") is not None
    assert now.label_values("pulse_delivery_attempts_total", "outcome") == {each.value for each in Outcome}
    assert now.label_values("pulse_delivery_attempts_total", "channel") >= {"telegram", "webhook"}
    assert now.value("pulse_deliveries_open", channel="telegram") == 0
    # Both were tried, and one was told.
    assert gained(now, before, "pulse_delivery_late_seconds_count", channel="telegram") == 2
    assert gained(now, before, "pulse_told_seconds_count", channel="telegram") == 1
    assert now.value("pulse_told_seconds_count", channel="webhook") is not None


@pytest.mark.usefixtures("at_once")
async def test_what_its_receiver_wanted_later_is_no_late_message(
    app: Starlette, handle: Any, notifier_db: Database, cabinet_id: UUID, sender: Sender, tgsim: RunningTgsim
) -> None:
    before = await scrape(app)
    for seconds in (0, 3600):
        await handle(orders_reported(cabinet_id, reported(cabinet_id)))
        async with notifier_db.transaction() as connection:
            # As after a night: it was due only just now, and what it tells of is an hour old.
            await connection.exec_driver_sql(
                f"UPDATE deliveries SET created_at = created_at - interval '{seconds} seconds', "
                "reported_at = now() - interval '1 hour' WHERE status = 'pending'"
            )
        await send(sender)
    now = await scrape(app)
    assert gained(now, before, "pulse_delivery_attempts_total", channel="telegram", outcome="delivered") == 2
    assert gained(now, before, "pulse_delivery_late_seconds_count", channel="telegram") == 2
    assert gained(now, before, "pulse_told_seconds_count", channel="telegram") == 1
    assert gained(now, before, "pulse_told_seconds_bucket", channel="telegram", le="600.0") == 0


async def test_what_is_given_up_has_failed(app: Starlette, notifier_db: Database, cabinet_id: UUID) -> None:
    await many_deliveries(notifier_db, cabinet_id, 3)
    async with notifier_db.transaction() as connection:
        await connection.exec_driver_sql("UPDATE deliveries SET created_at = now() - interval '15 days'")
    before = await scrape(app)
    await give_up(notifier_db)
    now = await scrape(app)
    assert gained(now, before, "pulse_deliveries_finished_total", channel="telegram", result="failed") == 3


async def test_what_waits_and_for_how_long(app: Starlette, notifier_db: Database, cabinet_id: UUID) -> None:
    await many_deliveries(notifier_db, cabinet_id, 3, recipients=2, age_seconds=100)
    async with notifier_db.transaction() as connection:
        await connection.exec_driver_sql("UPDATE deliveries SET created_at = now() - interval '300 seconds'")
    now = await scrape(app)
    assert now.value("pulse_deliveries_open", channel="telegram") == 3
    assert 300 <= (now.value("pulse_deliveries_oldest_open_seconds", channel="telegram") or 0) < 400
    assert 100 <= (now.value("pulse_deliveries_overdue_seconds", channel="telegram") or 0) < 200
    for name in ("open", "oldest_open_seconds", "overdue_seconds"):
        assert now.value(f"pulse_deliveries_{name}", channel="webhook") == 0


async def test_nobody_is_overdue_whose_turn_is_still_to_come(
    app: Starlette, notifier_db: Database, cabinet_id: UUID
) -> None:
    await many_deliveries(notifier_db, cabinet_id, 1, age_seconds=-60)
    async with notifier_db.transaction() as connection:
        await connection.exec_driver_sql(
            "INSERT INTO receivers (channel, recipient, due_at) VALUES ('webhook', 'x', 'infinity')"
        )
    now = await scrape(app)
    for channel in get_args(Channel):
        assert now.value("pulse_deliveries_overdue_seconds", channel=channel) == 0
    assert now.value("pulse_deliveries_open", channel="telegram") == 1


async def test_indexes_serve_it_among_many_deliveries_that_ended(notifier_db: Database, cabinet_id: UUID) -> None:
    await many_deliveries(notifier_db, cabinet_id, 20_000, recipients=3_000)
    async with notifier_db.transaction() as connection:
        await connection.exec_driver_sql(
            "UPDATE deliveries SET status = 'delivered', finished_at = now() "
            "WHERE id NOT IN (SELECT id FROM deliveries LIMIT 50)"
        )
    assert await read_whole(notifier_db, READINGS) == set()

"""Alerts are acknowledged, snoozed and resolved by hand: for their episode, told once, seen at once."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.alerts import AlertsMarkedV1
from servicekit import clock
from servicekit.db import Database
from sqlalchemy import text
from support.gateway import Gateway, User
from support.outbox_rows import published
from support.shop_alerts import listed, put_alert


@pytest.fixture
async def cabinet(alice: User) -> UUID:
    """Alice's cabinet."""
    return await alice.connect()


@pytest.fixture
async def alert(cabinet: UUID, reporter_db: Database) -> UUID:
    """One that is open."""
    alert_id = uuid4()
    await put_alert(reporter_db, cabinet, "7", alert_id=alert_id)
    return alert_id


async def act(user: User, alert_id: UUID, action: str, status: int = 200, **body: Any) -> dict[str, Any]:
    method = "DELETE" if action == "mark" else "POST"
    answer = await user.call(method, f"/alerts/{alert_id}/{action}", **({"json": body} if body else {}))
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def in_hours(hours: float) -> str:
    return (clock.now() + timedelta(hours=hours)).isoformat()


async def test_each_mark_moves_the_alert_and_is_told_once(gateway: Gateway, alice: User, alert: UUID) -> None:
    assert (await act(alice, alert, "acknowledge"))["mark"]["state"] == "acknowledged"
    await act(alice, alert, "acknowledge")
    assert await listed(alice) == ["7"]
    assert (await alice.get("/alerts")).json()["data"][0]["mark"]["marked_by"] == alice.telegram_id
    until = in_hours(1)
    await act(alice, alert, "snooze", until=until)
    assert (await listed(alice), await listed(alice, state="snoozed")) == ([], ["7"])
    await act(alice, alert, "resolve")
    assert (await listed(alice), await listed(alice, state="snoozed")) == ([], [])
    assert await listed(alice, state="resolved") == await listed(alice, state="any") == ["7"]
    assert (await act(alice, alert, "mark"))["mark"] is None
    assert (await listed(alice), await listed(alice, state="resolved")) == (["7"], [])
    told = [event.data.marks[0] for event in await published(gateway.database, AlertsMarkedV1.TYPE)]
    assert [(mark.revision, mark.state, mark.until is not None) for mark in told] == [
        (1, "acknowledged", False), (2, "snoozed", True), (3, "resolved", False), (4, None, False),
    ]  # fmt: skip


async def test_what_was_never_marked_is_not_taken_back(gateway: Gateway, alice: User, alert: UUID) -> None:
    assert (await act(alice, alert, "mark"))["mark"] is None
    assert await published(gateway.database, AlertsMarkedV1.TYPE) == []


async def test_a_snooze_ends_by_itself(alice: User, alert: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    await act(alice, alert, "snooze", until=in_hours(1))
    assert await listed(alice) == []
    later = clock.wall() + 3601
    monkeypatch.setattr(clock, "wall", lambda: later)
    assert await listed(alice) == ["7"]
    assert (await alice.get("/alerts")).json()["data"][0]["mark"] is None


@pytest.mark.parametrize("action", ["resolve", "snooze"])
async def test_a_cause_that_comes_back_is_open_again(
    alice: User, alert: UUID, reporter_db: Database, action: str
) -> None:
    if action == "snooze":
        await act(alice, alert, action, until=in_hours(1))
    else:
        await act(alice, alert, action)
    assert await listed(alice) == []
    async with reporter_db.transaction() as connection:
        await connection.execute(text("UPDATE alerts SET episode = episode + 1"))
    assert await listed(alice) == ["7"]


async def test_many_at_once_leave_one_mark(gateway: Gateway, alice: User, alert: UUID) -> None:
    await asyncio.gather(*(act(alice, alert, "acknowledge") for _ in range(8)))
    assert len(await published(gateway.database, AlertsMarkedV1.TYPE)) == 1


async def test_anothers_alert_is_not_found(alice: User, bob: User, alert: UUID) -> None:
    await bob.connect()
    for action in ("acknowledge", "resolve", "mark"):
        assert (await act(bob, alert, action, status=404))["code"] == "alert_not_found"
    await act(bob, alert, "snooze", status=404, until=in_hours(1))
    await act(alice, uuid4(), "resolve", status=404)
    assert await listed(alice) == ["7"]


@pytest.mark.parametrize("hours", [-1.0, 24 * 91])
async def test_a_snooze_that_makes_no_sense_is_refused(alice: User, alert: UUID, hours: float) -> None:
    assert (await act(alice, alert, "snooze", status=422, until=in_hours(hours)))["code"] == "snooze_invalid"


@pytest.mark.parametrize("body", [{"until": "9999-12-31T23:59:59-23:59"}, {"until": "soon"}, {"until": None}, {"x": 1}])
async def test_a_snooze_until_nothing_is_refused(alice: User, alert: UUID, body: dict[str, Any]) -> None:
    await act(alice, alert, "snooze", status=422, **body)

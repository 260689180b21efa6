"""Reading alerts: open ones unless others are asked for, those raised last first."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from servicekit import clock
from servicekit.db import Database
from support.gateway import Gateway, User
from support.plans import noted
from support.reporting import NOON
from support.shop_alerts import listed, put_alert
from support.shop_items import put_card


@pytest.fixture
async def cabinet(alice: User) -> UUID:
    """Alice's cabinet."""
    return await alice.connect()


async def test_an_alert_with_the_card_of_its_item(alice: User, cabinet: UUID, reporter_db: Database) -> None:
    await put_card(reporter_db, cabinet, 7, title="Худи")
    await put_alert(reporter_db, cabinet, "7", severity="critical")
    await put_alert(reporter_db, cabinet, "orders", nm_id=0, rule="data_lagging", hours_ago=1)
    about_item, about_cabinet = (await alice.get("/alerts")).json()["data"]
    assert about_item.items() >= {
        "cabinet_id": str(cabinet), "rule": "running_out", "severity": "critical", "money_at_risk": "34950.64",
        "currency": "RUB", "figures": {"days_left": "2.86"}, "resolved_at": None, "raised_by": "live",
    }.items()  # fmt: skip
    assert about_item["product"]["title"] == "Худи"
    assert (about_cabinet["nm_id"], about_cabinet["product"]) == (0, None)


async def test_one_alert_in_any_state(alice: User, bob: User, cabinet: UUID, reporter_db: Database) -> None:
    over, snoozed = uuid4(), uuid4()
    await put_card(reporter_db, cabinet, 7, title="Худи")
    await put_alert(reporter_db, cabinet, "over", alert_id=over, resolved_at=NOON)
    await put_alert(reporter_db, cabinet, "snoozed", alert_id=snoozed, nm_id=0)
    until = (clock.now() + timedelta(hours=1)).isoformat()
    await alice.call("POST", f"/alerts/{snoozed}/snooze", json={"until": until})
    one = (await alice.get(f"/alerts/{over}")).json()
    assert (one["data"]["subject"], one["data"]["product"]["title"], one["data"]["mark"]) == ("over", "Худи", None)
    assert one["data"] == (await alice.get("/alerts", state="resolved")).json()["data"][0]
    assert one["meta"]["as_of"] is None
    assert (await alice.get(f"/alerts/{snoozed}")).json()["data"]["mark"]["state"] == "snoozed"
    await bob.connect()
    assert (await bob.get(f"/alerts/{over}")).json()["code"] == "alert_not_found"
    assert (await alice.get(f"/alerts/{uuid4()}")).status_code == 404


async def test_filters(alice: User, cabinet: UUID, reporter_db: Database) -> None:
    second = await alice.connect()
    await put_alert(reporter_db, cabinet, "a", hours_ago=1)
    await put_alert(reporter_db, cabinet, "b", hours_ago=2, severity="critical", nm_id=8)
    await put_alert(reporter_db, second, "c", hours_ago=3, rule="bad_review")
    await put_alert(reporter_db, cabinet, "d", hours_ago=0, resolved_at=NOON)
    assert await listed(alice) == ["a", "b", "c"]
    assert await listed(alice, state="resolved") == ["d"]
    assert await listed(alice, state="any") == ["d", "a", "b", "c"]
    assert await listed(alice, rule="bad_review") == ["c"]
    assert await listed(alice, rule="running_out", state="any") == ["d", "a", "b"]
    assert await listed(alice, severity="critical") == ["b"]
    assert await listed(alice, nm_id=8) == ["b"]
    assert await listed(alice, cabinet_id=second) == ["c"]
    assert await listed(alice, cabinet_id=second, severity="critical") == []


async def test_pages_meet_every_alert_once(gateway: Gateway, alice: User, cabinet: UUID, reporter_db: Database) -> None:
    second = await alice.connect()
    for n in range(7):
        await put_alert(reporter_db, (cabinet, second)[n % 2], str(n), hours_ago=n // 3)
    with noted(gateway) as many:
        whole = await listed(alice)
    assert (len(whole), set(whole[:3])) == (7, {"0", "1", "2"})
    seen: list[str] = []
    cursor = None
    while True:
        with noted(gateway) as few:
            answer = (await alice.get("/alerts", limit=2, cursor=cursor)).json()
        seen += [alert["subject"] for alert in answer["data"]]
        cursor = answer["meta"]["next_cursor"]
        if cursor is None:
            break
    assert seen == whole
    assert many.of_views() == few.of_views()


async def test_a_user_sees_the_alerts_of_their_cabinets_only(
    alice: User, bob: User, cabinet: UUID, reporter_db: Database
) -> None:
    foreign = await bob.connect()
    await put_alert(reporter_db, cabinet, "mine")
    await put_alert(reporter_db, foreign, "theirs")
    assert await listed(alice) == await listed(alice, cabinet_id=cabinet) == ["mine"]
    assert (await alice.get("/alerts", cabinet_id=foreign)).status_code == 404


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"state": "closed"}, "invalid_request"),
        ({"severity": "fatal"}, "invalid_request"),
        ({"rule": "a\0"}, "invalid_request"),
        ({"nm_id": -1}, "invalid_request"),
        ({"limit": 0}, "invalid_request"),
        ({"cursor": "WyItcmFpc2VkX2F0Il0"}, "cursor_invalid"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(alice: User, params: dict[str, Any], code: str) -> None:
    answer = await alice.get("/alerts", **params)
    assert (answer.status_code, answer.json()["code"]) == (422, code)

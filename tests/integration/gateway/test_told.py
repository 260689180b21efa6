"""What people were told, or not, and why."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from servicekit.db import Database
from support.gateway import User
from support.reporting import NOON
from support.stored_told import put_told


@pytest.fixture
async def cabinet(alice: User) -> UUID:
    """Alice's cabinet."""
    return await alice.connect()


async def listed(user: User, **params: Any) -> list[str]:
    answer = await user.get("/notifications/deliveries", **params)
    assert answer.status_code == 200, answer.text
    return [told["delivery_id"] for told in answer.json()["data"]]


async def test_ones_own_the_newest_first(alice: User, cabinet: UUID, notifier_db: Database) -> None:
    first = await put_told(notifier_db, cabinet, 1001)
    second = await put_told(
        notifier_db, cabinet, 1001, kind="restocked", status="dropped", reason="off:user",
        created_at=NOON + timedelta(minutes=1),
    )  # fmt: skip
    await put_told(notifier_db, cabinet, 1002)
    await put_told(notifier_db, cabinet, 1001, channel="webhook")
    assert await listed(alice) == [second, first]
    assert await listed(alice, status="dropped") == [second]
    assert await listed(alice, kind="order_new", cabinet_id=cabinet) == [first]
    page = (await alice.get("/notifications/deliveries", limit=1)).json()
    assert await listed(alice, limit=1, cursor=page["meta"]["next_cursor"]) == [first]
    assert page["data"][0]["reason"] == "off:user"


async def test_why_one_was_told(alice: User, bob: User, cabinet: UUID, notifier_db: Database) -> None:
    told = await put_told(notifier_db, cabinet, 1001, told_as="order_big", reason="on:default", attempts=2)
    answer = (await alice.get(f"/notifications/deliveries/{told}")).json()["data"]
    assert (answer["told_as"], answer["reason"], answer["tries"]) == ("order_big", "on:default", 2)
    assert answer["figures"] == {"stock_left": 46}
    assert answer["event_id"]
    for user, delivery_id in ((bob, told), (alice, uuid4())):
        refused = await user.get(f"/notifications/deliveries/{delivery_id}")
        assert (refused.status_code, refused.json()["code"]) == (404, "delivery_not_found")

"""Reading digests: periods that have ended, the newest first, and one with all it says."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from servicekit.db import Database
from support.gateway import Gateway, User
from support.kept_digests import put_digest
from support.plans import noted
from support.reporting import NOON

MONDAY = date(2026, 11, 16)


@pytest.fixture
async def cabinet(alice: User) -> UUID:
    """Alice's cabinet."""
    return await alice.connect()


async def listed(user: User, **params: Any) -> list[str]:
    answer = await user.get("/digests", **params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Total-Count"] == str(len(answer.json()["data"]))
    return [digest["digest_id"] for digest in answer.json()["data"]]


async def test_newest_first_by_kind_and_days(alice: User, cabinet: UUID, reporter_db: Database) -> None:
    second = await alice.connect()
    days = [await put_digest(reporter_db, cabinet, "day", MONDAY + timedelta(days=n)) for n in range(3)]
    week = await put_digest(reporter_db, cabinet, "week", MONDAY, revision=2)
    month = await put_digest(reporter_db, cabinet, "month", date(2026, 11, 1))
    others = await put_digest(reporter_db, second, "day", MONDAY + timedelta(days=3))
    assert await listed(alice) == [others, days[2], days[1], week, days[0], month]
    assert await listed(alice, kind="day") == [others, *reversed(days)]
    assert await listed(alice, kind="day", cabinet_id=cabinet) == [*reversed(days)]
    assert await listed(alice, **{"from": "2026-11-17", "to": "2026-11-18"}) == [days[2], days[1]]
    assert await listed(alice, to="2026-11-22", kind="week") == [week]
    assert await listed(alice, to="2026-11-21", kind="week") == []
    [shown] = (await alice.get("/digests", kind="week")).json()["data"]
    assert shown == {
        "digest_id": week,
        "cabinet_id": str(cabinet),
        "kind": "week",
        "first_day": "2026-11-16",
        "last_day": "2026-11-22",
        "revision": 2,
        "prepared_at": NOON.isoformat().replace("+00:00", "Z"),
    }


async def test_pages_meet_every_digest_once(
    gateway: Gateway, alice: User, cabinet: UUID, reporter_db: Database
) -> None:
    second = await alice.connect()
    for n in range(3):
        for owner in (cabinet, second):
            await put_digest(reporter_db, owner, "day", MONDAY + timedelta(days=7 * n))
            await put_digest(reporter_db, owner, "week", MONDAY + timedelta(days=7 * n))
    with noted(gateway) as many:
        whole = await listed(alice)
    assert len(set(whole)) == 12
    seen: list[str] = []
    cursor = None
    while True:
        with noted(gateway) as few:
            answer = (await alice.get("/digests", limit=5, cursor=cursor)).json()
        seen += [digest["digest_id"] for digest in answer["data"]]
        cursor = answer["meta"]["next_cursor"]
        if cursor is None:
            break
    assert seen == whole
    assert many.of_views() == few.of_views()


async def test_one_digest(alice: User, cabinet: UUID, reporter_db: Database) -> None:
    digest_id = await put_digest(reporter_db, cabinet, "week", MONDAY)
    answer = await alice.get(f"/digests/{digest_id}")
    assert answer.status_code == 200, answer.text
    digest = answer.json()["data"]
    assert (digest["digest_id"], digest["kind"], digest["last_day"]) == (digest_id, "week", "2026-11-22")
    assert digest["currencies"][0]["orders"]["count"] >= 0
    assert digest["currencies"][0]["why"]["parts"]
    assert answer.json()["meta"]["as_of"] == digest["prepared_at"] == NOON.isoformat().replace("+00:00", "Z")


async def test_nobody_elses(alice: User, bob: User, cabinet: UUID, reporter_db: Database) -> None:
    foreign = await put_digest(reporter_db, await bob.connect(), "day", MONDAY)
    own = await put_digest(reporter_db, cabinet, "day", MONDAY)
    assert await listed(alice) == [own]
    for digest_id in (
        foreign,
        f"{uuid4()}.day.2026-11-16",
        f"{cabinet}.week.2026-11-16",
        own.upper(),
        "nonsense",
        f"{cabinet}.day.2026-02-31",
        f"{cabinet}.day.20261116",
        f"{cabinet}.day",
        "a.b.c.d",
    ):
        answer = await alice.get(f"/digests/{digest_id}")
        assert (answer.status_code, answer.json()["code"]) == (404, "digest_not_found"), digest_id


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"kind": "year"}, "invalid_request"),
        ({"from": "2026-11-31"}, "invalid_request"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "period_invalid"),
        ({"offset": 10_001}, "invalid_request"),
        ({"cursor": "WyItZmlyc3RfZGF5Il0"}, "cursor_invalid"),
    ],
)
async def test_a_question_that_makes_no_sense_is_refused(alice: User, params: dict[str, Any], code: str) -> None:
    answer = await alice.get("/digests", **params)
    assert (answer.status_code, answer.json()["code"]) == (422, code)

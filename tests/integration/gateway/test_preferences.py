"""What members want to be told, over the API."""

from typing import Any
from uuid import UUID, uuid4

from contracts.message_kinds import TOLD_TO_PEOPLE
from support.gateway import Gateway, User
from support.outbox_rows import published
from support.rows import count, statements

EVERYTHING = dict.fromkeys(TOLD_TO_PEOPLE, True)


async def enter(user: User, *wanted: tuple[UUID, dict[str, bool]]) -> Any:
    body = {"preferences": [{"cabinet_id": str(cabinet_id), "kinds": kinds} for cabinet_id, kinds in wanted]}
    return await user.call("PUT", "/notifications/preferences", json=body)


async def told(user: User) -> dict[str, dict[str, bool]]:
    found = (await user.get("/notifications/preferences")).json()["data"]
    assert {row["channel"] for row in found} <= {"telegram"}
    assert [row["cabinet_id"] for row in found] == sorted(row["cabinet_id"] for row in found)
    return {row["cabinet_id"]: row["kinds"] for row in found}


async def test_what_is_entered_of_a_cabinet_is_all_of_it_and_is_told_once(gateway: Gateway, alice: User) -> None:
    one, two = await alice.connect(), await alice.connect()
    assert await told(alice) == {str(one): EVERYTHING, str(two): EVERYTHING}
    answer = await enter(alice, (one, {"order_changed": False, "order_new": True}))
    assert answer.status_code == 200, answer.text
    assert await told(alice) == {str(one): {**EVERYTHING, "order_changed": False}, str(two): EVERYTHING}
    assert {p["cabinet_id"]: p["kinds"] for p in answer.json()["preferences"]} == await told(alice)
    await enter(alice, (one, {"order_changed": False}))
    await enter(alice, (one, {"sync_failed": False}), (two, {"order_new": False}))
    assert await told(alice) == {
        str(one): {**EVERYTHING, "sync_failed": False}, str(two): {**EVERYTHING, "order_new": False}
    }  # fmt: skip
    events = await published(gateway.database, "preferences.entered.v1")
    assert [(e.cabinetid, e.data.telegram_id, e.data.off, e.data.revision) for e in events[:1]] == [
        (one, 1001, ("order_changed",), 1)
    ]
    assert {(e.cabinetid, e.data.off, e.data.revision) for e in events[1:]} == {
        (one, ("sync_failed",), 2), (two, ("order_new",), 1)
    }  # fmt: skip


async def test_anothers_cabinet_is_not_there_and_nothing_is_stored(gateway: Gateway, alice: User, bob: User) -> None:
    mine, bobs = await alice.connect(), await bob.connect()
    for cabinet_id in (bobs, uuid4()):
        answer = await enter(alice, (mine, {"order_new": False}), (cabinet_id, {"order_new": False}))
        assert (answer.status_code, answer.json()["code"]) == (404, "cabinet_not_found")
    assert await told(alice) == {str(mine): EVERYTHING}
    assert await told(bob) == {str(bobs): EVERYTHING}
    assert await count(gateway.database, "notification_preferences") == 0


async def test_they_go_with_their_cabinet_and_cost_the_same_for_many(gateway: Gateway, alice: User) -> None:
    cabinets = [await alice.connect() for _ in range(8)]
    sent: list[int] = []
    for some in (cabinets[:1], cabinets):
        with statements(gateway.database) as these:
            assert (await enter(alice, *((each, {"order_new": False}) for each in some))).status_code == 200
        sent.append(len(these))
    assert sent[0] == sent[1]
    assert (await alice.call("DELETE", f"/cabinets/{cabinets[0]}")).status_code == 204
    assert await count(gateway.database, "notification_preferences") == 7


async def test_what_is_not_said_rightly_is_refused(alice: User) -> None:
    one = str(UUID(int=1))
    for preferences in (
        [],
        [{"cabinet_id": one, "kinds": {"unheard_of": False}}],
        [{"cabinet_id": one, "kinds": {}, "channel": "pigeon"}],
        [{"cabinet_id": one, "kinds": {}}] * 2,
    ):
        answer = await alice.call("PUT", "/notifications/preferences", json={"preferences": preferences})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), preferences

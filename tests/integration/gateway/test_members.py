"""Members of cabinets: how they come, what they see, and how they leave."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from contracts.cabinets import CabinetRenamedV1, MembersChangedV1
from gateway import invitations
from local.servers import Servers
from servicekit import clock
from servicekit.db import Database
from sqlalchemy import text
from support.gateway import Gateway, User, built_gateway, wb_token
from support.outbox_rows import published
from support.rows import rows
from support.signing_in import sign_in
from support.stored_orders import snapshot, store

CAROL = 1003


@pytest.fixture
async def cabinet(alice: User) -> UUID:
    """Alice's cabinet."""
    return await alice.connect(name="Север")


@pytest.fixture
async def carol(gateway: Gateway) -> User:
    """A third user with a key."""
    return await gateway.user(CAROL)


async def invite(user: User, cabinet_id: UUID, role: str = "viewer", **body: object) -> dict[str, Any]:
    answer = await user.call("POST", f"/cabinets/{cabinet_id}/invitations", json={"role": role, **body})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def accept(user: User, token: str) -> httpx.Response:
    return await user.call("POST", "/invitations/accept", json={"token": token})


async def join(owner: User, user: User, cabinet_id: UUID, role: str = "viewer") -> None:
    accepted = await accept(user, (await invite(owner, cabinet_id, role))["token"])
    assert accepted.json() == {"cabinet_id": str(cabinet_id), "role": role}


async def members(user: User, cabinet_id: UUID) -> dict[int, str]:
    answer = await user.get(f"/cabinets/{cabinet_id}/members")
    return {each["telegram_id"]: each["role"] for each in answer.json()["data"]}


async def told(gateway: Gateway) -> list[tuple[int, ...]]:
    return [event.data.members for event in await published(gateway.database, MembersChangedV1.TYPE)]


async def open_invitations(user: User, cabinet_id: UUID) -> list[str]:
    answer = await user.get(f"/cabinets/{cabinet_id}/invitations")
    return [each["invitation_id"] for each in answer.json()["data"]]


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


class TestInvitation:
    async def test_makes_its_bearer_a_member_once_and_tells_it(
        self, gateway: Gateway, alice: User, bob: User, carol: User, cabinet: UUID
    ) -> None:
        await sign_in(gateway, bob.telegram_id, username="bob")
        invitation = await invite(alice, cabinet, "analyst", hours=24)
        assert await open_invitations(alice, cabinet) == [invitation["invitation_id"]]
        assert (await bob.get("/cabinets")).json()["data"] == []
        for _ in range(2):  # who joined by it may ask again
            assert (await accept(bob, invitation["token"])).json() == {"cabinet_id": str(cabinet), "role": "analyst"}
        assert [each["role"] for each in (await bob.get("/cabinets")).json()["data"]] == ["analyst"]
        shown = (await bob.get(f"/cabinets/{cabinet}/members")).json()["data"]
        assert [(each["telegram_id"], each["role"], each["username"]) for each in shown] == [
            (alice.telegram_id, "owner", None),
            (bob.telegram_id, "analyst", "bob"),
        ]
        assert refused(await accept(carol, invitation["token"])) == (410, "invitation_used")
        assert await open_invitations(alice, cabinet) == []
        assert await told(gateway) == [(alice.telegram_id, bob.telegram_id)]

    async def test_of_many_at_once_one_joins(self, gateway: Gateway, alice: User, cabinet: UUID) -> None:
        token = (await invite(alice, cabinet))["token"]
        users = [await gateway.user(2000 + n) for n in range(8)]
        answers = await asyncio.gather(*(accept(user, token) for user in users))
        assert sorted(answer.status_code for answer in answers) == [200] + [410] * 7
        assert len(await members(alice, cabinet)) == 2
        assert len(await told(gateway)) == 1

    async def test_is_over_when_its_time_is_or_when_it_is_taken_back(
        self, gateway: Gateway, alice: User, bob: User, cabinet: UUID
    ) -> None:
        late, revoked = await invite(alice, cabinet), await invite(alice, cabinet)
        path = f"/cabinets/{cabinet}/invitations/{revoked['invitation_id']}"
        assert (await alice.call("DELETE", path)).status_code == 204
        assert refused(await alice.call("DELETE", path)) == (404, "invitation_not_found")
        assert refused(await accept(bob, revoked["token"])) == (410, "invitation_revoked")
        async with gateway.database.transaction() as connection:
            await connection.execute(text("UPDATE invitations SET expires_at = now()"))
        assert refused(await accept(bob, late["token"])) == (410, "invitation_expired")
        assert await open_invitations(alice, cabinet) == []
        assert await members(alice, cabinet) == {alice.telegram_id: "owner"}
        assert await told(gateway) == []

    async def test_of_a_cabinet_that_is_gone_or_of_none_lets_nobody_in(
        self, alice: User, bob: User, cabinet: UUID
    ) -> None:
        token = (await invite(alice, cabinet))["token"]
        await alice.call("DELETE", f"/cabinets/{cabinet}")
        for given in (token, "pulse_invite_" + "x" * 43, "", "я" * 5_000):
            assert refused(await accept(bob, given)) == (404, "invitation_not_found")

    async def test_of_another_cabinet_is_nobodys_to_take_back(self, alice: User, bob: User, cabinet: UUID) -> None:
        own = await bob.connect()
        invitation_id = (await invite(alice, cabinet))["invitation_id"]
        for path in (f"/cabinets/{own}/invitations/{invitation_id}", f"/cabinets/{own}/invitations/{uuid4()}"):
            assert refused(await bob.call("DELETE", path)) == (404, "invitation_not_found")
        assert await open_invitations(bob, own) == []
        assert await open_invitations(alice, cabinet) == [invitation_id]

    @pytest.mark.parametrize("body", [
        {},
        {"role": "owner"},
        {"role": "admin"},
        {"role": "viewer", "hours": 0},
        {"role": "viewer", "hours": invitations.MOST_HOURS + 1},
        {"role": "viewer", "hours": 2**63},
        {"role": "viewer", "for": "bob"},
    ])  # fmt: skip
    async def test_of_no_such_kind_is_not_made(self, alice: User, cabinet: UUID, body: dict[str, Any]) -> None:
        answer = await alice.call("POST", f"/cabinets/{cabinet}/invitations", json=body)
        assert refused(answer) == (422, "invalid_request")

    async def test_lasts_as_long_as_it_says(self, gateway: Gateway, alice: User, cabinet: UUID) -> None:
        for hours in (1, invitations.MOST_HOURS):
            await invite(alice, cabinet, hours=hours)
        found = await rows(gateway.database, "SELECT expires_at - created_at AS lasts FROM invitations ORDER BY lasts")
        assert [row["lasts"] for row in found] == [timedelta(hours=1), timedelta(days=7)]

    async def test_raises_a_role_and_lowers_none(self, gateway: Gateway, alice: User, bob: User, cabinet: UUID) -> None:
        await join(alice, bob, cabinet, "analyst")
        lower = await invite(alice, cabinet, "viewer")
        assert (await accept(bob, lower["token"])).json()["role"] == "analyst"
        assert (await accept(alice, lower["token"])).json()["role"] == "owner"
        assert await open_invitations(alice, cabinet) == [lower["invitation_id"]]  # it was not used up
        await join(alice, bob, cabinet, "manager")
        assert await members(alice, cabinet) == {alice.telegram_id: "owner", bob.telegram_id: "manager"}
        assert len(await told(gateway)) == 1

    async def test_there_are_not_without_number_nor_are_members(
        self, alice: User, bob: User, carol: User, cabinet: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(invitations, "MOST_OPEN", 2)
        monkeypatch.setattr(invitations, "MOST_MEMBERS", 2)
        made = [await invite(alice, cabinet) for _ in range(2)]
        again = await alice.call("POST", f"/cabinets/{cabinet}/invitations", json={"role": "viewer"})
        assert refused(again) == (409, "too_many_invitations")
        assert (await accept(bob, made[0]["token"])).status_code == 200
        assert refused(await accept(carol, made[1]["token"])) == (409, "too_many_members")

    async def test_only_the_hash_of_its_token_is_stored(self, gateway: Gateway, alice: User, cabinet: UUID) -> None:
        token = (await invite(alice, cabinet))["token"]
        assert len(token) <= 64
        stored = str(await rows(gateway.database, "SELECT * FROM invitations"))
        assert token[-40:] not in stored
        assert token[-40:] not in (await alice.get(f"/cabinets/{cabinet}/invitations")).text


class TestRoles:
    async def test_a_manager_manages_viewers_and_analysts_and_nobody_else(
        self, gateway: Gateway, alice: User, bob: User, carol: User, cabinet: UUID
    ) -> None:
        await join(alice, bob, cabinet, "manager")
        await join(alice, carol, cabinet, "manager")
        path = f"/cabinets/{cabinet}/members"
        too_little = (403, "role_insufficient")
        for other in (alice, carol):
            assert refused(await bob.call("PUT", f"{path}/{other.telegram_id}", json={"role": "viewer"})) == too_little
            assert refused(await bob.call("DELETE", f"{path}/{other.telegram_id}")) == too_little
        assert refused(await bob.call("PUT", f"{path}/{bob.telegram_id}", json={"role": "viewer"})) == too_little
        invited = await bob.call("POST", f"/cabinets/{cabinet}/invitations", json={"role": "manager"})
        assert refused(invited) == too_little
        of_the_owner = (await invite(alice, cabinet, "manager"))["invitation_id"]
        assert refused(await bob.call("DELETE", f"/cabinets/{cabinet}/invitations/{of_the_owner}")) == too_little
        await gateway.join(cabinet, 1004, "viewer")
        assert refused(await bob.call("PUT", f"{path}/1004", json={"role": "manager"})) == too_little
        assert (await bob.call("PUT", f"{path}/1004", json={"role": "analyst"})).status_code == 204
        assert (await alice.call("PUT", f"{path}/{CAROL}", json={"role": "analyst"})).status_code == 204
        assert (await bob.call("DELETE", f"{path}/{CAROL}")).status_code == 204
        assert await members(alice, cabinet) == {
            alice.telegram_id: "owner",
            bob.telegram_id: "manager",
            1004: "analyst",
        }

    async def test_the_owner_neither_leaves_nor_gets_another_role(self, alice: User, bob: User, cabinet: UUID) -> None:
        path = f"/cabinets/{cabinet}/members/{alice.telegram_id}"
        for answer in (await alice.call("DELETE", path), await alice.call("PUT", path, json={"role": "manager"})):
            assert refused(answer) == (409, "owner_stays")
        await join(alice, bob, cabinet)
        given = await alice.call("PUT", f"/cabinets/{cabinet}/members/{bob.telegram_id}", json={"role": "owner"})
        assert refused(given) == (422, "invalid_request")

    async def test_who_is_no_member_has_no_role(self, alice: User, bob: User, cabinet: UUID) -> None:
        path = f"/cabinets/{cabinet}/members/{bob.telegram_id}"
        for answer in (await alice.call("DELETE", path), await alice.call("PUT", path, json={"role": "viewer"})):
            assert refused(answer) == (404, "member_not_found")
        assert refused(await bob.call("DELETE", path)) == (404, "cabinet_not_found")

    async def test_with_the_right_to_invite_go_the_invitations_made_by_it(
        self, alice: User, bob: User, carol: User, cabinet: UUID
    ) -> None:
        path = f"/cabinets/{cabinet}/members/{bob.telegram_id}"
        for method, body in (("PUT", {"json": {"role": "analyst"}}), ("DELETE", {})):
            await join(alice, bob, cabinet, "manager")
            token = (await invite(bob, cabinet))["token"]
            assert (await alice.call(method, path, **body)).status_code == 204
            assert refused(await accept(carol, token)) == (410, "invitation_revoked")


@pytest.fixture
async def twin(gateway: Gateway, servers: Servers, redis_prefix: str, vhost_url: str) -> AsyncIterator[Gateway]:
    """Another process of the same gateway."""
    async with built_gateway(
        gateway.database, redis_url=servers.redis_url, redis_prefix=redis_prefix, rabbitmq_url=vhost_url
    ) as built:
        yield built


class TestLeaving:
    @pytest.mark.parametrize("by_himself", [True, False])
    async def test_who_left_is_refused_at_once_by_every_process_and_told_nothing(
        self,
        gateway: Gateway,
        twin: Gateway,
        alice: User,
        bob: User,
        cabinet: UUID,
        reporter_db: Database,
        by_himself: bool,
    ) -> None:
        await store(reporter_db, cabinet, [snapshot(cabinet)])
        session = await sign_in(gateway, bob.telegram_id)
        await join(alice, bob, cabinet)
        callers = [bob, session.user, User(twin, bob.telegram_id, bob.key)]
        for _ in range(2):
            assert [len((await each.get("/orders")).json()["data"]) for each in callers] == [1, 1, 1]
        who = session.user if by_himself else alice
        gone = await who.call("DELETE", f"/cabinets/{cabinet}/members/{bob.telegram_id}")
        assert gone.status_code == 204
        for each in callers:
            assert (await each.get("/orders")).json()["data"] == []
            assert (await each.get(f"/cabinets/{cabinet}/members")).status_code == 404
            entered = await each.call("DELETE", f"/cabinets/{cabinet}/tax", params={"valid_from": "2026-11-01"})
            assert refused(entered) == (404, "cabinet_not_found")
        assert await told(gateway) == [(alice.telegram_id, bob.telegram_id), (alice.telegram_id,)]

    async def test_events_about_members_have_times_in_their_order_whatever_the_clocks_say(
        self, gateway: Gateway, alice: User, bob: User, carol: User, cabinet: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wall = clock.wall

        def on_a_machine_ahead_by(seconds: float) -> None:
            monkeypatch.setattr(clock, "wall", lambda: wall() + seconds)

        on_a_machine_ahead_by(100)
        await join(alice, bob, cabinet)
        on_a_machine_ahead_by(0)
        await join(alice, carol, cabinet)
        on_a_machine_ahead_by(50)
        await alice.call("PATCH", f"/cabinets/{cabinet}", json={"name": "Юг"})
        on_a_machine_ahead_by(0)
        await alice.call("DELETE", f"/cabinets/{cabinet}/members/{CAROL}")
        events = [event for event in await published(gateway.database) if event.type != "cabinet.connected.v1"]
        assert [event.time for event in events] == sorted({event.time for event in events})
        newest = max((event for event in events if event.type == MembersChangedV1.TYPE), key=lambda event: event.time)
        assert newest.data.members == (alice.telegram_id, bob.telegram_id)

    async def test_many_who_come_and_go_at_once_are_all_told_of_in_the_last_list(
        self, gateway: Gateway, alice: User, cabinet: UUID
    ) -> None:
        users = [await gateway.user(2000 + n) for n in range(6)]
        for user in users[:3]:
            await join(alice, user, cabinet)
        invited = [(user, (await invite(alice, cabinet))["token"]) for user in users[3:]]
        answers = await asyncio.gather(
            *(user.call("DELETE", f"/cabinets/{cabinet}/members/{user.telegram_id}") for user in users[:3]),
            *(accept(user, token) for user, token in invited),
        )
        assert all(answer.is_success for answer in answers)
        stored = await rows(gateway.database, "SELECT telegram_id FROM cabinet_members ORDER BY telegram_id")
        events = await published(gateway.database, MembersChangedV1.TYPE)
        assert max(events, key=lambda event: event.time).data.members == tuple(row["telegram_id"] for row in stored)
        assert len(stored) == 4


class TestRename:
    async def test_is_shown_to_every_member_at_once_and_told_once(
        self, gateway: Gateway, alice: User, bob: User, cabinet: UUID
    ) -> None:
        await join(alice, bob, cabinet)
        for name in ("Юг", "Юг", None):
            renamed = await alice.call("PATCH", f"/cabinets/{cabinet}", json={"name": name})
            assert (renamed.status_code, renamed.json()["name"]) == (200, name)
            for user in (alice, bob):
                assert [each["name"] for each in (await user.get("/cabinets")).json()["data"]] == [name]
                assert [each["name"] for each in (await user.get("/me")).json()["data"]["cabinets"]] == [name]
        events = await published(gateway.database, CabinetRenamedV1.TYPE)
        assert [event.data.name for event in events] == ["Юг", None]

    async def test_by_an_administrator_is_told_too(self, gateway: Gateway, cabinet: UUID) -> None:
        headers = {"X-API-Key": await gateway.key(None, scopes=("admin",))}
        url = f"/api/v1/admin/cabinets/{cabinet}"
        record = (await gateway.client.get(url, headers=headers)).json()
        answer = await gateway.client.put(url, headers=headers, json={**record, "name": "Юг"})
        assert (answer.status_code, answer.json()["name"]) == (200, "Юг")
        assert [event.data.name for event in await published(gateway.database, CabinetRenamedV1.TYPE)] == ["Юг"]

    @pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "a\x00b"}, {"name": "n" * 101}, {"title": "Юг"}])
    async def test_to_what_is_no_name_is_refused(self, alice: User, cabinet: UUID, body: dict[str, Any]) -> None:
        assert refused(await alice.call("PATCH", f"/cabinets/{cabinet}", json=body)) == (422, "invalid_request")

    async def test_a_new_token_keeps_the_name_and_the_members(self, gateway: Gateway, alice: User, bob: User) -> None:
        seller_id = uuid4()
        cabinet_id = await alice.connect(wb_token(seller_id=seller_id), name="Север")
        await join(alice, bob, cabinet_id)
        await alice.call("PATCH", f"/cabinets/{cabinet_id}", json={"name": "Юг"})
        assert await alice.connect(wb_token(seller_id=seller_id)) == cabinet_id
        last = (await published(gateway.database))[-1].data
        assert (last.name, last.members) == ("Юг", (alice.telegram_id, bob.telegram_id))
        assert await members(alice, cabinet_id) == {alice.telegram_id: "owner", bob.telegram_id: "viewer"}

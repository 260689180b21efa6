"""Targets over the API: entered, confirmed, shown by a hint alone, ended by a link, and nobody else's."""

import base64
import json
from typing import Any

import pytest
from contracts.notification_targets import address_belongs_to
from contracts.webhooks import owner_id
from gateway.targets import codes
from gateway.targets.store import MOST_OF_A_USER
from servicekit import event_log
from servicekit.crypto import unseal
from servicekit.db import Database
from support.gateway import NOTIFIER_PRIVATE_KEY, Gateway, User
from support.outbox_rows import published
from support.rows import all_rows, execute
from support.targets import hear_targets

PATH = "/notifications/targets"
ENTERED = "notification_target.entered.v1"
ADDRESS = "Maria.Petrova@Example.ru"
EMAIL = {"channel": "email", "address": ADDRESS}
PUSH = {
    "channel": "webpush",
    "endpoint": "https://93.184.216.34/send/S3cret",
    "p256dh": "BNbxGYNMhEIi9zrneh7mqV4oUanjLUKLvYzG0vEWpcX5yF4ROC1a5BcZxMLtUkLwM0K6NTlgR9Jn1q3C8FMaXyk",
    "auth": "c2l4dGVlbiBieXRlcyEhIQ",
}


@pytest.fixture(autouse=True)
async def _channels(notifier_db: Database) -> None:
    """The notifier sends over all of them."""
    await execute(
        notifier_db,
        "INSERT INTO channels VALUES ('email', true, NULL), ('webpush', true, 'the-key'), ('firebase', true, NULL)",
    )


def p256dh() -> str:
    """A point of the curve: that of the private key 1."""
    x = 0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296
    y = 0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5
    return base64.urlsafe_b64encode(b"\4" + x.to_bytes(32, "big") + y.to_bytes(32, "big")).rstrip(b"=").decode()


async def entered(user: User, body: dict[str, Any], status: int = 201, **more: Any) -> dict[str, Any]:
    answer = await user.call("POST", PATH, json={**body, **more})
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def refused(user: User, path: str = PATH, **body: Any) -> tuple[int, str]:
    answer = await user.call("POST", path, json=body)
    return answer.status_code, answer.json()["code"]


async def code_of(gateway: Gateway, target_id: str) -> str:
    event = (await published(gateway.database, ENTERED))[-1]
    sealed = event.data.confirmation.sealed
    return unseal(sealed, private_keys=NOTIFIER_PRIVATE_KEY, belongs_to=address_belongs_to(target_id))


async def unsubscribe_token(gateway: Gateway, target_id: str) -> str:
    sealed = (await published(gateway.database, ENTERED))[-1].data.sealed_address
    opened = unseal(sealed, private_keys=NOTIFIER_PRIVATE_KEY, belongs_to=address_belongs_to(target_id))
    return str(json.loads(opened)["unsubscribe"])


class TestEmails:
    async def test_only_the_notifier_reads_the_address_and_the_code(self, gateway: Gateway, alice: User) -> None:
        made = await entered(alice, EMAIL, label=" mine ")
        assert (made["state"], made["label"], made["hint"]) == ("unconfirmed", "mine", "M…@example.ru")
        (event,) = await published(gateway.database, ENTERED)
        assert (event.cabinetid, event.data.state, event.data.label) == (owner_id(1001), "unconfirmed", "mine")
        target_id = made["target_id"]
        opened = unseal(
            event.data.sealed_address, private_keys=NOTIFIER_PRIVATE_KEY, belongs_to=address_belongs_to(target_id)
        )
        assert json.loads(opened)["address"] == "Maria.Petrova@example.ru"
        listed = await alice.get(PATH)
        kept = str([*await all_rows(gateway.database, "notification_targets"), event.model_dump_json(), listed.text])
        code, token = await code_of(gateway, target_id), await unsubscribe_token(gateway, target_id)
        assert not [secret for secret in ("Petrova", f"'{code}'", f'"{code}"', token) if secret in kept]
        async with gateway.database.transaction() as connection:
            assert await event_log.cabinets(connection, ["gateway"]) == []
        for body in ("maria@localhost", "a b@example.ru", "maria@example.ru\r\nBcc: x@y.ru", "@example.ru", "<a@b.ru>"):
            assert await refused(alice, channel="email", address=body) == (422, "address_malformed"), body

    async def test_a_code_confirms_and_a_wrong_one_only_five_times(self, gateway: Gateway, alice: User) -> None:
        made = await entered(alice, EMAIL)
        path = f"{PATH}/{made['target_id']}"
        assert await refused(alice, f"{path}/test") == (409, "target_unconfirmed")
        right = await code_of(gateway, made["target_id"])
        wrong = f"{(int(right) + 1) % 10**6:06d}"
        for _ in range(codes.MOST_TRIES):
            assert await refused(alice, f"{path}/confirm", code=wrong) == (409, "code_refused")
        assert await refused(alice, f"{path}/confirm", code=right) == (409, "code_refused")
        assert (await alice.call("POST", f"{path}/code")).status_code == 202
        newer = await code_of(gateway, made["target_id"])
        answer = await alice.call("POST", f"{path}/confirm", json={"code": newer})
        assert (answer.status_code, answer.json()["state"]) == (200, "active")
        events = await published(gateway.database, ENTERED)
        assert [(e.data.revision, e.data.state, e.data.confirmation is None) for e in events] == [
            (1, "unconfirmed", False),
            (2, "unconfirmed", False),
            (3, "active", True),
        ]
        assert (await alice.call("POST", f"{path}/test")).status_code == 202
        assert await refused(alice, f"{path}/code") == (409, "target_confirmed")

    async def test_a_code_past_its_time_confirms_nothing(self, gateway: Gateway, alice: User) -> None:
        made = await entered(alice, EMAIL)
        await execute(gateway.database, "UPDATE notification_targets SET code_expires_at = now()")
        code = await code_of(gateway, made["target_id"])
        assert await refused(alice, f"{PATH}/{made['target_id']}/confirm", code=code) == (409, "code_refused")

    async def test_nobody_floods_a_mailbox_with_codes_even_by_removing_and_entering_again(
        self, gateway: Gateway, alice: User
    ) -> None:
        for _ in range(codes.MOST_A_DAY // 2):
            made = await entered(alice, EMAIL)
            assert (await alice.call("POST", f"{PATH}/{made['target_id']}/code")).status_code == 202
            assert (await alice.call("DELETE", f"{PATH}/{made['target_id']}")).status_code == 204
        assert await refused(alice, **EMAIL) == (409, "too_many_codes")
        await execute(gateway.database, "UPDATE notification_targets SET code_sent_at = now() - interval '25 hours'")
        await entered(alice, EMAIL)


class TestUnsubscribing:
    async def test_a_link_ends_the_target_by_a_post_alone_and_as_often_as_it_is_followed(
        self, gateway: Gateway, alice: User
    ) -> None:
        made = await entered(alice, EMAIL)
        url = f"/api/v1/notifications/unsubscribe/{await unsubscribe_token(gateway, made['target_id'])}"
        page = await gateway.client.get(url)
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "M…@example.ru" in page.text
        assert "script" not in page.text
        assert "form-action 'self'" in page.headers["Content-Security-Policy"]
        assert len((await alice.get(PATH)).json()["data"]) == 1
        for _ in range(2):
            answer = await gateway.client.post(url, data={"List-Unsubscribe": "One-Click"})
            assert answer.status_code == 200, answer.text
        assert (await alice.get(PATH)).json()["data"] == []
        (removed,) = await published(gateway.database, "notification_target.removed.v1")
        assert (str(removed.data.target_id), removed.data.revision) == (made["target_id"], 2)
        (kept,) = await all_rows(gateway.database, "notification_targets")
        assert kept["sealed_address"] is None
        for method in ("GET", "POST"):
            answer = await gateway.client.request(method, "/api/v1/notifications/unsubscribe/forged")
            assert answer.status_code == 404


class TestOtherChannels:
    async def test_a_browser_that_subscribes_again_is_the_same_target(self, gateway: Gateway, alice: User) -> None:
        body = {**PUSH, "p256dh": p256dh()}
        made = await entered(alice, body)
        assert (made["state"], made["hint"]) == ("active", "93.184.216.34")
        again = await entered(alice, body, 200, label="laptop", auth="YW5vdGhlciBzZWNyZXQhIQ")
        assert (again["target_id"], again["label"]) == (made["target_id"], "laptop")
        assert [event.data.revision for event in await published(gateway.database, ENTERED)] == [1, 2]
        assert "S3cret" not in str([*await all_rows(gateway.database, "notification_targets"), made, again])
        assert await refused(alice, **body | {"endpoint": "https://10.0.0.1/"}) == (422, "address_refused")
        assert await refused(alice, **body | {"p256dh": p256dh()[:-2] + "AA"}) == (422, "address_malformed")
        assert await refused(alice, **body | {"auth": "c2hvcnQ"}) == (422, "address_malformed")
        assert (await alice.get("/notifications/vapid-key")).json()["data"] == {"public_key": "the-key"}

    async def test_a_channel_that_is_off_is_refused(self, notifier_db: Database, alice: User) -> None:
        await execute(notifier_db, "UPDATE channels SET is_on = false")
        token = {"channel": "firebase", "token": "a-registration-token-of-an-app"}
        bodies: tuple[dict[str, Any], ...] = (EMAIL, {**PUSH, "p256dh": p256dh()}, token)
        for body in bodies:
            assert await refused(alice, **body) == (409, "channel_off")
        assert (await alice.get("/notifications/vapid-key")).json()["data"] == {"public_key": None}

    async def test_groups_are_entered_by_the_bot_alone(self, gateway: Gateway, alice: User) -> None:
        group: dict[str, Any] = {"channel": "telegram", "chat_id": -100, "title": "Sellers", "topic_id": 4}
        assert await refused(alice, **group) == (403, "bot_only")
        bot = {"Authorization": f"Bearer {await gateway.key(None)}", "X-Telegram-User-Id": "1001"}
        answer = await gateway.client.post(f"/api/v1{PATH}", json=group, headers=bot)
        assert (answer.status_code, answer.json()["hint"]) == (201, "Sellers")
        private = await gateway.client.post(f"/api/v1{PATH}", json={**group, "chat_id": 1002}, headers=bot)
        assert private.status_code == 422


class TestWhoseTheyAre:
    async def test_another_s_target_and_cabinet_are_not_there(self, alice: User, bob: User) -> None:
        theirs = await bob.connect()
        assert await refused(alice, **EMAIL, cabinets=[str(theirs)]) == (404, "cabinet_not_found")
        mine = await alice.connect()
        made = await entered(alice, EMAIL, cabinets=[str(mine)])
        assert made["cabinets"] == [str(mine)]
        path = f"{PATH}/{made['target_id']}"
        assert (await bob.get(path)).status_code == (await bob.call("DELETE", path)).status_code == 404
        assert await refused(bob, f"{path}/confirm", code="000000") == (404, "target_not_found")

    async def test_a_user_has_so_many(self, alice: User) -> None:
        for number in range(MOST_OF_A_USER):
            await entered(alice, {"channel": "firebase", "token": f"a-registration-token-{number}"})
        assert await refused(alice, channel="firebase", token="one-more-registration") == (
            409,
            "too_many_targets",
        )

    async def test_one_that_ended_is_shown_so_until_it_is_entered_anew(
        self, gateway: Gateway, notifier_db: Database, alice: User, bob: User
    ) -> None:
        body = {"channel": "firebase", "token": "a-registration-token-of-an-app"}
        made = await entered(alice, body)
        await hear_targets(notifier_db, *await published(gateway.database, ENTERED))
        await execute(notifier_db, "UPDATE targets SET ended_at = now(), ended_because = 'UNREGISTERED'")
        shown = (await alice.get(f"{PATH}/{made['target_id']}")).json()["data"]
        assert (shown["state"], shown["ended_because"]) == ("ended", "UNREGISTERED")
        assert await refused(alice, f"{PATH}/{made['target_id']}/test") == (409, "target_ended")
        await entered(alice, body, 200)
        shown = (await alice.get(f"{PATH}/{made['target_id']}")).json()["data"]
        assert (shown["state"], shown["ended_because"]) == ("active", None)

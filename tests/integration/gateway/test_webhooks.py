"""Webhook subscriptions over the API: entered, shown, rotated, and nobody else's."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts.webhooks import EVENT_TYPES, owner_id
from gateway.webhook_secrets import MOST_AT_A_TIME
from gateway.webhooks import MOST_OF_A_USER
from notifier.handlers.cabinet_connected import cabinet_connected
from notifier.webhook_secrets import open_secrets
from pydantic import SecretStr
from servicekit import event_log
from servicekit.db import Database
from support.gateway import NOTIFIER_PRIVATE_KEY, Gateway, User
from support.notifying import connected
from support.outbox_rows import published
from support.rows import all_rows, count, execute, rows, statements
from support.subscriptions import hear

URL = "https://93.184.216.34/hook"
ENTERED = "webhooks.entered.v1"
REFUSED = [
    "http://93.184.216.34/", "ftp://93.184.216.34/", "https://127.0.0.1/", "https://localhost/", "https://[::1]/",
    "https://10.0.0.1/x", "https://169.254.169.254/latest", "https://me:secret@93.184.216.34/",
    "https://[::ffff:10.0.0.1]/", "https://2130706433/", "file:///etc/passwd", "hook",
]  # fmt: skip


async def subscribed(user: User, **body: Any) -> dict[str, Any]:
    answer = await user.call("POST", "/webhooks", json={"url": URL, **body})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def shown(user: User, webhook: dict[str, Any]) -> dict[str, Any]:
    answer = await user.get(f"/webhooks/{webhook['webhook_id']}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


async def changed(user: User, webhook: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = await user.call("PUT", f"/webhooks/{webhook['webhook_id']}", json={"url": URL, **body})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


class TestSubscribing:
    async def test_the_secret_is_shown_once_and_only_the_notifier_reads_it(self, gateway: Gateway, alice: User) -> None:
        cabinet_id = await alice.connect()
        made = await subscribed(
            alice, cabinets=[str(cabinet_id)], event_types=["order.*", "*", "*"], description=" CRM "
        )
        secret = made.pop("secret")
        assert made["event_types"] == ["*", "order.*"]
        assert (made["description"], made["state"], made["cabinets"]) == ("CRM", "active", [str(cabinet_id)])
        assert await shown(alice, made) == made
        listed = await alice.get("/webhooks")
        assert (listed.json()["data"], listed.headers["X-Total-Count"]) == ([made], "1")
        (event,) = await published(gateway.database, ENTERED)
        assert (event.cabinetid, event.data.revision, event.data.cabinets) == (owner_id(1001), 1, (cabinet_id,))
        sealed = [each.sealed for each in event.data.secrets]
        opened = open_secrets(sealed, SecretStr(NOTIFIER_PRIVATE_KEY), webhook_id=made["webhook_id"])
        assert opened == [secret]
        stored = [*await all_rows(gateway.database, "webhook_subscriptions"), event.model_dump_json(), listed.text]
        assert secret not in str(stored)
        assert await _log_types(gateway.database, owner_id(1001)) == set()
        async with gateway.database.transaction() as connection:
            assert await event_log.cabinets(connection, ["gateway"]) == [cabinet_id]

    async def test_addresses_that_are_not_called_are_refused(self, gateway: Gateway, alice: User) -> None:
        made = await subscribed(alice)
        for url in REFUSED:
            for method, path in (("POST", "/webhooks"), ("PUT", f"/webhooks/{made['webhook_id']}")):
                answer = await alice.call(method, path, json={"url": url})
                assert (answer.status_code, answer.json()["code"]) == (422, "address_refused"), (url, answer.text)
                assert "secret" not in answer.json()["detail"]
        assert await count(gateway.database, "webhook_subscriptions") == 1

    async def test_what_is_not_said_rightly_is_refused(self, alice: User) -> None:
        for body in (
            *({}, {"url": ""}, {"url": "https://a b/"}, {"url": f"{URL}\0"}, {"url": URL, "secret": "mine"}),
            *({"url": URL, "event_types": []}, {"url": URL, "event_types": ["orders.updated.v1"]}),
            *({"url": URL, "cabinets": []}, {"url": URL, "description": "a" * 201}),
        ):
            answer = await alice.call("POST", "/webhooks", json=body)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), body

    async def test_a_user_has_so_many_whatever_comes_at_once_and_another_has_his_own(
        self, gateway: Gateway, alice: User, bob: User
    ) -> None:
        answers = await asyncio.gather(
            *(alice.call("POST", "/webhooks", json={"url": URL}) for _ in range(MOST_OF_A_USER + 5))
        )
        codes = sorted(answer.status_code for answer in answers)
        assert codes == [201] * MOST_OF_A_USER + [409] * 5
        assert {a.json()["code"] for a in answers if a.status_code == 409} == {"too_many_webhooks"}
        await subscribed(bob)
        with statements(gateway.database) as sent:
            assert len((await alice.get("/webhooks")).json()["data"]) == MOST_OF_A_USER
        assert len(sent) <= 6  # the key, the memberships, the list and how they fare
        ids, cursor = [], None
        for _ in range(3):
            page = (await alice.get("/webhooks", limit=8, cursor=cursor)).json()
            ids += [row["webhook_id"] for row in page["data"]]
            cursor = page["meta"]["next_cursor"]
        assert (cursor, ids) == (None, sorted(set(ids)))
        assert len(ids) == MOST_OF_A_USER
        assert (await alice.get("/webhooks", cursor="x")).json()["code"] == "cursor_invalid"
        assert (await alice.get("/webhooks", format="csv")).text.count("https://") == MOST_OF_A_USER
        assert await count(gateway.database, "webhook_subscriptions") == MOST_OF_A_USER + 1

    async def test_every_type_that_is_offered_can_be_chosen(self, alice: User) -> None:
        made = await subscribed(alice, event_types=list(EVENT_TYPES))
        assert set(made["event_types"]) == set(EVENT_TYPES)


class TestChanging:
    async def test_each_change_is_a_revision_and_saying_it_again_is_none(self, gateway: Gateway, alice: User) -> None:
        made = await subscribed(alice)
        for body in (
            {"event_types": ["order.new"]},
            {"event_types": ["order.new"]},
            {"state": "paused"},
            {"state": "paused"},
        ):
            found = await changed(alice, made, **({"event_types": ["order.new"]} | body))
        assert (found["revision"], found["state"], found["paused_because"]) == (3, "paused", "user")
        for _ in range(2):
            resumed = await alice.call("POST", f"/webhooks/{made['webhook_id']}/resume")
            assert (resumed.json()["revision"], resumed.json()["state"]) == (4, "active")
        events = [event.data for event in await published(gateway.database, ENTERED)]
        assert [(e.revision, e.state, e.resumes) for e in events] == [
            (1, "active", 0), (2, "active", 0), (3, "paused", 0), (4, "active", 1),
        ]  # fmt: skip

    async def test_secrets_rotate_and_the_older_end_when_it_is_said(self, gateway: Gateway, alice: User) -> None:
        made = await subscribed(alice)
        path = f"/webhooks/{made['webhook_id']}/secrets"
        newer = (await alice.call("POST", path, json={"previous_hours": 3})).json()
        now = datetime.now(UTC)
        assert newer["secret"] != made["secret"]
        first, second = newer["secrets"]
        assert first["until"] is None
        assert timedelta(hours=2) < datetime.fromisoformat(second["until"]) - now < timedelta(hours=4)
        event = (await published(gateway.database, ENTERED))[-1]
        opened = open_secrets(
            [each.sealed for each in event.data.secrets],
            SecretStr(NOTIFIER_PRIVATE_KEY),
            webhook_id=made["webhook_id"],
        )
        assert opened == [newer["secret"], made["secret"]]
        codes = [(await alice.call("POST", path, json={})).status_code for _ in range(MOST_AT_A_TIME)]
        assert codes == [201] * (MOST_AT_A_TIME - 2) + [409, 409]

    async def test_a_secret_can_end_at_once(self, alice: User) -> None:
        made = await subscribed(alice)
        rotated = await alice.call("POST", f"/webhooks/{made['webhook_id']}/secrets", json={"previous_hours": 0})
        assert len(rotated.json()["secrets"]) == 1

    async def test_removing_it_is_told_and_it_is_gone(self, gateway: Gateway, alice: User) -> None:
        made = await subscribed(alice)
        path = f"/webhooks/{made['webhook_id']}"
        assert (await alice.call("DELETE", path)).status_code == 204
        assert (await alice.call("DELETE", path)).json()["code"] == "webhook_not_found"
        (event,) = await published(gateway.database, "webhooks.removed.v1")
        assert (str(event.data.webhook_id), event.data.revision) == (made["webhook_id"], 2)


ROUTES = [
    ("GET", "", None), ("PUT", "", {"url": URL}), ("DELETE", "", None), ("POST", "/secrets", {}),
    ("POST", "/test", None), ("POST", "/resume", None), ("POST", "/replay", {"since": "2026-11-20T00:00:00Z"}),
    ("GET", "/deliveries", None),
]  # fmt: skip


class TestTenancy:
    async def test_anothers_webhook_is_not_there(self, alice: User, bob: User) -> None:
        made = await subscribed(bob)
        before = await shown(bob, made)
        for method, path, body in ROUTES:
            for webhook_id in (made["webhook_id"], uuid4()):
                answer = await alice.call(method, f"/webhooks/{webhook_id}{path}", json=body)
                assert (answer.status_code, answer.json()["code"]) == (404, "webhook_not_found"), (method, path)
        assert await shown(bob, made) == before

    async def test_nor_is_anothers_cabinet(self, gateway: Gateway, alice: User, bob: User) -> None:
        bobs, made = await bob.connect(), await subscribed(alice)
        for method, path in (("POST", "/webhooks"), ("PUT", f"/webhooks/{made['webhook_id']}")):
            answer = await alice.call(method, path, json={"url": URL, "cabinets": [str(bobs)]})
            assert (answer.status_code, answer.json()["code"]) == (404, "cabinet_not_found")
        answer = await alice.get(f"/webhooks/{made['webhook_id']}/deliveries", cabinet_id=bobs)
        assert answer.json()["code"] == "cabinet_not_found"

    async def test_it_takes_a_manager_of_each_cabinet_that_is_named_or_of_all(
        self, gateway: Gateway, alice: User, bob: User
    ) -> None:
        mine, bobs = await alice.connect(), await bob.connect()
        await gateway.join(bobs, alice.telegram_id, "analyst")
        made = await subscribed(alice, cabinets=[str(mine)])
        for cabinets in (None, [str(bobs)], [str(mine), str(bobs)]):
            for method, path in (("POST", "/webhooks"), ("PUT", f"/webhooks/{made['webhook_id']}")):
                answer = await alice.call(method, path, json={"url": URL, "cabinets": cabinets})
                assert (answer.status_code, answer.json()["code"]) == (403, "role_insufficient"), answer.text
        await gateway.join(bobs, alice.telegram_id, "manager")
        assert (await changed(alice, made))["cabinets"] is None

    async def test_the_notifiers_views_show_nothing_unasked(
        self, gateway: Gateway, alice: User, notifier_db: Database
    ) -> None:
        made = await subscribed(alice)
        await hear(notifier_db, *await published(gateway.database, ENTERED))
        await stored_delivery(notifier_db, uuid4(), made["webhook_id"])
        for view in ("webhook_states", "webhook_deliveries"):
            assert await count(gateway.database, f"notifier_published.{view}") == 0


async def stored_delivery(notifier_db: Database, cabinet_id: UUID, webhook_id: str, **columns: Any) -> None:
    names = {"status": "pending", "attempts": 0, "age": 0, **columns}
    await execute(
        notifier_db,
        "INSERT INTO deliveries (cabinet_id, subject, channel, recipient, kind, payload, reported_at, event_id, "
        "correlation_id, status, attempts, created_at) SELECT :cabinet_id, CAST(gen_random_uuid() AS text), 'webhook', "
        ":recipient, 'order_new', '{}', now(), gen_random_uuid(), gen_random_uuid(), :status, :attempts, "
        "now() - make_interval(mins => :age)",
        cabinet_id=cabinet_id,
        recipient=webhook_id,
        **names,
    )


class TestLog:
    async def test_it_says_of_each_the_tries_the_last_answer_and_the_next_try_page_by_page(
        self, alice: User, notifier_db: Database
    ) -> None:
        cabinets = [await alice.connect(), await alice.connect()]
        made, other = await subscribed(alice), await subscribed(alice)
        for age in range(5):
            status = "failed" if age == 3 else "pending"
            await stored_delivery(
                notifier_db, cabinets[age % 2], made["webhook_id"], age=age, status=status, attempts=1
            )
        await stored_delivery(notifier_db, cabinets[0], other["webhook_id"])
        await stored_delivery(notifier_db, uuid4(), made["webhook_id"])  # of a cabinet that she has left
        await execute(
            notifier_db,
            "INSERT INTO delivery_attempts (cabinet_id, delivery_id, attempt, outcome, error, duration_ms) "
            "SELECT cabinet_id, id, 1, 'unavailable', 'answered 503', 12 FROM deliveries WHERE attempts = 1",
        )
        path = f"/webhooks/{made['webhook_id']}/deliveries"
        first = await alice.get(path, limit=3)
        second = await alice.get(path, limit=3, cursor=first.json()["meta"]["next_cursor"])
        assert first.headers["X-Total-Count"] == "5"
        found = [*first.json()["data"], *second.json()["data"]]
        assert [row["cabinet_id"] for row in found] == [str(cabinets[age % 2]) for age in range(5)]
        assert {(row["type"], row["tries"], row["last_error"], row["last_took_ms"]) for row in found} == {
            ("order.new", 1, "answered 503", 12)
        }
        assert [row["next_try_at"] is None for row in found] == [False, False, False, True, False]
        failed = (await alice.get(path, status="failed")).json()["data"]
        assert failed == [found[3]]
        assert (await alice.get(path, cursor="x")).json()["code"] == "cursor_invalid"

    async def test_a_given_up_endpoint_is_shown_as_paused_until_it_is_resumed(
        self, gateway: Gateway, alice: User, notifier_db: Database
    ) -> None:
        made = await subscribed(alice)
        path = f"/webhooks/{made['webhook_id']}"
        await alice.connect()
        await hear(notifier_db, *await published(gateway.database, ENTERED))
        await execute(notifier_db, "UPDATE webhooks SET paused_at = now(), paused_because = 'gone'")
        found = await shown(alice, made)
        assert (found["state"], found["paused_because"]) == ("paused", "gone")
        for refused, body in (("test", None), ("replay", {"since": "2026-11-20T00:00:00Z"})):
            assert (await alice.call("POST", f"{path}/{refused}", json=body)).json()["code"] == "webhook_paused"
        # The notifier has not heard of it yet; that it paused it before does not count any more.
        assert (await alice.call("POST", f"{path}/resume")).json()["state"] == "active"
        assert (await shown(alice, made))["state"] == "active"
        await hear(notifier_db, *await published(gateway.database, ENTERED))
        assert await rows(notifier_db, "SELECT paused_at, resumes FROM webhooks") == [{"paused_at": None, "resumes": 1}]

    async def test_a_test_is_of_a_cabinet_that_it_is_told_of(
        self, gateway: Gateway, alice: User, notifier_db: Database
    ) -> None:
        made = await subscribed(alice)
        path = f"/webhooks/{made['webhook_id']}/test"
        assert (await alice.call("POST", path)).json()["code"] == "webhook_without_cabinets"
        cabinet_id = await alice.connect()
        answer = await alice.call("POST", path)
        (event,) = await published(gateway.database, "webhooks.tested.v1")
        assert (answer.status_code, event.cabinetid) == (202, cabinet_id)
        await hear(notifier_db, *await published(gateway.database, ENTERED))
        await _is_told_of(notifier_db, cabinet_id)
        await hear(notifier_db, event, event)
        assert await rows(notifier_db, "SELECT CAST(id AS text) AS id, kind FROM deliveries") == [
            {"id": answer.json()["delivery_id"], "kind": "webhook_test"}
        ]

    async def test_a_replay_is_of_a_time(self, alice: User) -> None:
        made = await subscribed(alice)
        for since, until, code in (
            ("2026-11-21T00:00:00Z", "2026-11-21T00:00:00Z", "period_invalid"),
            ("2099-11-21T00:00:00Z", None, "period_invalid"),
            ("9999-12-31T23:59:59Z", None, "invalid_request"),
            ("2026-11-21T00:00:00", None, "invalid_request"),
        ):
            body = {"since": since, "until": until}
            answer = await alice.call("POST", f"/webhooks/{made['webhook_id']}/replay", json=body)
            assert (answer.status_code, answer.json()["code"]) == (422, code), body


async def _is_told_of(notifier_db: Database, cabinet_id: UUID) -> None:
    async with notifier_db.transaction() as connection:
        await cabinet_connected(connection, connected(cabinet_id, 1001))


async def _log_types(database: Database, cabinet_id: UUID) -> set[str]:
    async with database.transaction() as connection:
        await connection.exec_driver_sql(f"SELECT set_config('pulse.cabinet_ids', '{cabinet_id}', true)")
        found = await connection.exec_driver_sql("SELECT type FROM gateway_published.event_log")
        return set(found.scalars())

"""Connecting, showing and disconnecting cabinets."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.wb_token import Category
from gateway import cabinets, syncs
from gateway.jobs.purge import TABLES, purge
from ingestor.resources import orders
from reporter.tables import sources
from servicekit import crypto
from servicekit import purge as batches
from servicekit.db import Database
from sqlalchemy import insert, text
from support.eventually import eventually
from support.gateway import PRIVATE_KEY, Gateway, User, wb_token
from support.outbox_rows import published
from support.rows import statements
from support.sync_states import keep
from support.verdicts import mark_verified


async def count(gateway: Gateway, table: str) -> int:
    async with gateway.database.transaction() as connection:
        return int(await connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def planted(body: Any, token: str) -> Any:
    """The body with the token wherever it says so."""
    match body:
        case dict():
            return {planted(name, token): planted(value, token) for name, value in body.items()}
        case list():
            return [planted(value, token) for value in body]
        case str():
            return body.replace("{token}", token)
        case _:
            return body


class TestConnect:
    async def test_answers_with_an_unchecked_cabinet_and_its_place(self, alice: User) -> None:
        seller_id = uuid4()
        answer = await alice.call(
            "POST", "/cabinets", json={"token": wb_token(seller_id=seller_id), "name": " Северный ветер "}
        )
        assert answer.status_code == 201
        cabinet = answer.json()
        assert answer.headers["Location"] == f"/api/v1/cabinets/{cabinet['cabinet_id']}"
        assert cabinet["name"] == "Северный ветер"
        assert cabinet["status"] == "unchecked"
        assert cabinet["seller_id"] == str(seller_id)
        assert cabinet["token"]["kind"] == "personal"
        assert cabinet["token"]["categories"] == ["analytics", "content", "statistics"]
        assert cabinet["token"]["freshness"].startswith("Персональный токен")
        assert "отзывы и вопросы" in cabinet["token"]["lacks"]

    async def test_announces_the_sealed_token_to_the_ingestor_alone(self, gateway: Gateway, alice: User) -> None:
        token = wb_token()
        cabinet_id = await alice.connect(token)
        (event,) = await published(gateway.database)
        assert event.type == "cabinet.connected.v1"
        assert event.cabinetid == cabinet_id
        assert event.data.members == (alice.telegram_id,)
        opened = crypto.unseal(event.data.sealed_token, private_keys=PRIVATE_KEY, belongs_to=str(cabinet_id))
        assert opened == token

    async def test_the_same_seller_again_keeps_its_cabinet_and_takes_the_new_token(
        self, gateway: Gateway, alice: User
    ) -> None:
        seller_id = uuid4()
        first = await alice.connect(wb_token(seller_id=seller_id), name="Север")
        token = wb_token(seller_id=seller_id, categories=frozenset(Category))
        answer = await alice.call("POST", "/cabinets", json={"token": token})
        assert answer.status_code == 200
        assert answer.json()["cabinet_id"] == str(first)
        assert answer.json()["name"] == "Север"
        assert answer.json()["token"]["lacks"] == []
        _, second = await published(gateway.database)
        assert crypto.unseal(second.data.sealed_token, private_keys=PRIVATE_KEY, belongs_to=str(first)) == token

    async def test_the_same_seller_at_once_many_times_makes_one_cabinet(self, gateway: Gateway, alice: User) -> None:
        token = wb_token()
        ids = await asyncio.gather(*(alice.connect(token) for _ in range(8)))
        assert len(set(ids)) == 1
        assert await count(gateway, "wb_cabinets") == 1

    async def test_another_user_with_the_same_seller_has_a_cabinet_of_their_own(self, alice: User, bob: User) -> None:
        token = wb_token()
        assert await alice.connect(token) != await bob.connect(token)

    @pytest.mark.parametrize(
        ("token", "code", "word"),
        [
            ("not a token", "token_malformed", "copy it whole"),
            (wb_token().rsplit(".", 1)[0], "token_malformed", "copy it whole"),
            (wb_token(sid=None), "token_malformed", "sid"),
            (wb_token(exp="1" * 30), "token_malformed", "exp"),
            ("e" * 5000, "token_malformed", "longer"),
            (wb_token(acc=9), "token_kind_unknown", "kind"),
            (wb_token(acc=2), "token_is_test", "personal"),
            (wb_token(t=True), "token_is_test", "personal"),
            (wb_token(expires_in=timedelta(days=-1)), "token_expired", "expired on"),
            (wb_token(categories=frozenset({Category.CONTENT})), "token_lacks_categories", "analytics, statistics"),
        ],
    )
    async def test_a_token_that_cannot_work_is_refused_and_nothing_is_stored(
        self, gateway: Gateway, alice: User, token: str, code: str, word: str
    ) -> None:
        answer = await alice.call("POST", "/cabinets", json={"token": token})
        assert answer.status_code == 422
        assert answer.headers["Content-Type"] == "application/problem+json"
        problem = answer.json()
        assert problem["code"] == code
        assert word in problem["detail"]
        assert token not in answer.text
        for table in ("users", "wb_cabinets", "cabinet_members"):
            assert await count(gateway, table) == 0
        assert await published(gateway.database) == []

    @pytest.mark.parametrize(
        "body",
        [
            {},
            [],
            "text",
            {"token": None},
            {"token": 5},
            {"token": ["{token}"]},
            {"token": "{token}", "name": ""},
            {"token": "{token}", "name": "a\x00b"},
            {"token": "{token}", "name": "n" * 101},
            {"token": "{token}", "name": {"nested": "{token}"}},
            {"token": "{token}", "role": "admin"},
            {"token": "{token}", "{token}": 1},
            {"tokens": "{token}"},
        ],
    )
    async def test_a_malformed_body_is_refused_without_repeating_it(
        self, gateway: Gateway, alice: User, body: object
    ) -> None:
        token = wb_token()
        answer = await alice.call("POST", "/cabinets", json=planted(body, token))
        assert answer.status_code == 422
        assert answer.json()["code"] == "invalid_request"
        assert answer.json()["errors"]
        assert token not in answer.text
        assert token.split(".")[1] not in answer.text
        assert await count(gateway, "wb_cabinets") == 0

    async def test_what_is_not_json_is_refused_without_repeating_it(self, alice: User) -> None:
        for content in (
            b'{"token": "secret-secret',
            b'{"token": "\xff secret-secret"}',
            b'{"token": "secret-secret\\ud800"}',
            b'{"token": "secret-secret", "name": "\\ud800"}',
        ):
            answer = await alice.call(
                "POST", "/cabinets", content=content, headers={"Content-Type": "application/json"}
            )
            assert answer.status_code in (400, 422), content
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert "secret-secret" not in answer.text

    async def test_the_token_is_nowhere_but_in_its_seal(
        self, gateway: Gateway, alice: User, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
    ) -> None:
        token = wb_token()
        with caplog.at_level(logging.DEBUG):
            answer = await alice.call("POST", "/cabinets", json={"token": f" {token}\n"})
            listed = await alice.get("/cabinets")
        async with gateway.database.transaction() as connection:
            names = (
                await connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"))
            ).scalars()
            dump = [str((await connection.execute(text(f"SELECT * FROM {name}"))).all()) for name in names]
        printed = capfd.readouterr()
        signature = token.split(".")[2]
        for place in (answer.text, str(answer.headers), listed.text, caplog.text, printed.out, printed.err, *dump):
            assert signature not in place
        assert any("wb_cabinets" not in place and str(answer.json()["cabinet_id"]) in place for place in dump)


class TestShow:
    async def test_lists_the_users_cabinets_oldest_first(self, alice: User, bob: User) -> None:
        mine = [await alice.connect(), await alice.connect()]
        await bob.connect()
        listed = (await alice.get("/cabinets")).json()["data"]
        assert [UUID(cabinet["cabinet_id"]) for cabinet in listed] == mine
        assert (await alice.get(f"/cabinets/{mine[0]}")).json()["data"] == {**listed[0], "resources": []}

    async def test_a_base_token_tells_that_orders_come_late(self, alice: User) -> None:
        cabinet_id = await alice.connect(wb_token(acc=1))
        words = (await alice.get(f"/cabinets/{cabinet_id}")).json()["data"]["token"]["freshness"]
        assert "раз в 3 часа" in words

    async def test_tells_how_fresh_each_resource_is_and_what_its_token_cannot_give(
        self, alice: User, ingestor_db: Database, reporter_db: Database
    ) -> None:
        cabinet_id = await alice.connect(wb_token(acc=1, s=2**1 | 2**2 | 2**5 | 2**30))
        read_at = datetime.now(UTC) - timedelta(hours=5)
        every = {"every_seconds": 10_800, "every_because": "limits", "waits_for": "limits"}
        next_at = read_at + timedelta(hours=9)
        await keep(ingestor_db, cabinet_id, "order_feed", last_success_at=read_at, next_run_at=next_at, **every)
        await keep(ingestor_db, cabinet_id, "products", next_run_at=read_at)
        late = {"cabinet_id": cabinet_id, "resource": "orders", "delayed_since": read_at}
        async with reporter_db.transaction() as connection:
            await connection.execute(insert(sources).values(late))
        cabinet = (await alice.get(f"/cabinets/{cabinet_id}")).json()["data"]
        shown = {each["resource"]: each for each in cabinet["resources"]}
        assert datetime.fromisoformat(shown["order_feed"]["last_success_at"]) == read_at
        assert (shown["order_feed"]["stale"], shown["products"]["stale"]) == (True, False)
        assert shown["products"]["last_success_at"] is None
        feed, products = shown["order_feed"], shown["products"]
        assert (feed["every_seconds"], feed["every_because"], feed["waits_for"]) == (10_800, "limits", "limits")
        assert (products["every_seconds"], products["every_because"], products["waits_for"]) == (None, None, "turn")
        assert "остатки на ваших собственных складах" in cabinet["token"]["cannot"]
        assert any("только для чтения" in words for words in cabinet["token"]["cannot"])
        async with reporter_db.transaction() as connection:
            await connection.execute(text("UPDATE sources SET recovered_at = delayed_since + interval '1 hour'"))
        recovered = (await alice.get(f"/cabinets/{cabinet_id}")).json()["data"]["resources"]
        assert not any(each["stale"] for each in recovered)

    async def test_tells_what_the_sources_of_orders_tell_otherwise(self, alice: User, ingestor_db: Database) -> None:
        cabinet_id = await alice.connect(wb_token(acc=1))
        read: dict[str, Any] = {"first_load_done": True, "last_success_at": datetime.now(UTC)}
        for resource in ("order_feed", "orders", "products"):
            await keep(ingestor_db, cabinet_id, resource, **read)
        order = {"srid": "a", "nm_id": 1, "ordered_at": datetime.now(UTC) - timedelta(days=2), "feed_hash": 1}
        async with ingestor_db.transaction() as connection:
            await connection.execute(orders.TABLE.insert().values({"cabinet_id": cabinet_id, **order}))
        cabinet = (await alice.get(f"/cabinets/{cabinet_id}")).json()["data"]
        assert {each["resource"]: each["disagreements"] for each in cabinet["resources"]} == {
            "order_feed": {"srid": 0, "is_cancel": 0, "price": 0},
            "orders": {"srid": 1, "is_cancel": 0, "price": 0},
            "products": None,
        }


class TestReplaceToken:
    async def test_takes_another_token_of_the_same_seller_for_all_members(self, gateway: Gateway, alice: User) -> None:
        seller_id = uuid4()
        cabinet_id = await alice.connect(wb_token(seller_id=seller_id), name="Север")
        await gateway.join(cabinet_id, 1003, "viewer")
        await mark_verified(gateway, cabinet_id)
        assert [row["status"] for row in (await alice.get("/cabinets")).json()["data"]] == ["verified"]
        token = wb_token(seller_id=seller_id, acc=4)
        answer = await alice.call("PUT", f"/cabinets/{cabinet_id}/token", json={"token": token})
        assert (answer.status_code, answer.json()["status"], answer.json()["name"]) == (200, "unchecked", "Север")
        assert answer.json()["token"]["kind"] == "service"
        assert [row["status"] for row in (await alice.get("/cabinets")).json()["data"]] == ["unchecked"]
        _, event = await published(gateway.database)
        assert event.data.members == (alice.telegram_id, 1003)
        assert crypto.unseal(event.data.sealed_token, private_keys=PRIVATE_KEY, belongs_to=str(cabinet_id)) == token

    async def test_another_sellers_token_is_refused_and_nothing_changes(self, gateway: Gateway, alice: User) -> None:
        cabinet_id = await alice.connect()
        other = wb_token()
        refused = await alice.call("PUT", f"/cabinets/{cabinet_id}/token", json={"token": other})
        assert (refused.status_code, refused.json()["code"]) == (422, "token_of_another_seller")
        assert other not in refused.text
        expired = wb_token(expires_in=timedelta(days=-1))
        refused = await alice.call("PUT", f"/cabinets/{cabinet_id}/token", json={"token": expired})
        assert (refused.status_code, refused.json()["code"]) == (422, "token_expired")
        assert len(await published(gateway.database)) == 1


class TestDisconnect:
    async def test_forgets_the_cabinet_and_announces_it(self, gateway: Gateway, alice: User) -> None:
        cabinet_id = await alice.connect()
        answer = await alice.call("DELETE", f"/cabinets/{cabinet_id}")
        assert answer.status_code == 204
        assert answer.content == b""
        assert (await alice.get("/cabinets")).json()["data"] == []
        for table in ("wb_cabinets", "cabinet_members"):
            assert await count(gateway, table) == 0
        assert await purge(gateway.database) == 1
        (event,) = await published(gateway.database)  # the one that carried the sealed token is gone
        assert event.type == "cabinet.disconnected.v1"
        assert event.cabinetid == cabinet_id
        assert event.data.requested_by == alice.telegram_id

    async def test_a_second_time_there_is_nothing_to_disconnect(self, gateway: Gateway, alice: User) -> None:
        cabinet_id = await alice.connect()
        await alice.call("DELETE", f"/cabinets/{cabinet_id}")
        assert (await alice.call("DELETE", f"/cabinets/{cabinet_id}")).status_code == 404
        assert await purge(gateway.database) == 1
        assert len(await published(gateway.database)) == 1

    async def test_its_syncs_are_deleted_in_batches_and_nobody_elses(
        self, gateway: Gateway, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(batches, "BATCH_ROWS", 2)
        mine, others = await alice.connect(), await bob.connect()
        async with gateway.database.transaction() as connection:
            for cabinet_id in (mine, others):
                for _ in range(3):
                    await syncs.start(connection, cabinet_id=cabinet_id, resources=["orders", "stocks"], user=1)
                    await connection.execute(text("UPDATE sync_runs SET finished_at = now()"))
        with statements(gateway.database) as executed:
            await alice.call("DELETE", f"/cabinets/{mine}")
        assert len(executed) < 10
        assert await purge(gateway.database) == 1
        for table in ("sync_runs", "sync_run_resources"):
            async with gateway.database.transaction() as connection:
                left = await connection.execute(text(f"SELECT DISTINCT cabinet_id FROM {table}"))
                assert list(left.scalars()) == [UUID(str(others))]

    async def test_every_table_with_rows_of_cabinets_is_purged_or_emptied_at_once(self, gateway_db: Database) -> None:
        async with gateway_db.transaction() as connection:
            found = await connection.execute(
                text("""
                    SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
                    WHERE relnamespace = CAST(current_schema() AS regnamespace) AND relkind IN ('r', 'p')
                      AND NOT relispartition AND attname = 'cabinet_id'
                """)
            )
        at_once = {"wb_cabinets", "cabinet_members"}
        assert set(found.scalars()) - at_once == {table.name for table in TABLES} | {"outbox", "disconnected_cabinets"}

    async def test_connecting_again_makes_another_cabinet(self, alice: User) -> None:
        token = wb_token()
        first = await alice.connect(token)
        await alice.call("DELETE", f"/cabinets/{first}")
        assert await alice.connect(token) != first

    async def test_connecting_meanwhile_makes_another_cabinet(self, gateway: Gateway, alice: User) -> None:
        token = wb_token()
        first = await alice.connect(token)
        async with gateway.database.transaction() as connection:
            await cabinets.disconnect(connection, owner=alice.telegram_id, cabinet_id=first)
            connecting = asyncio.create_task(alice.connect(token))
            await eventually(lambda: _somebody_waits(gateway))
        assert await connecting != first


async def _somebody_waits(gateway: Gateway) -> bool:
    async with gateway.database.transaction() as connection:
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity "
        of_this_database = "WHERE datname = current_database())"
        return bool(await connection.scalar(text(waiting + of_this_database)))

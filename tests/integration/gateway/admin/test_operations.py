"""Dead letters are looked at and put back; replays are begun, turned and watched."""

from functools import partial
from typing import Any
from uuid import uuid4

import aio_pika
import pytest
from contracts.topics import GATEWAY_SYNCS, INGESTOR_SYNCS, REPORTER_ORDERS
from servicekit.db import Database
from support.administration import Admin, bury
from support.eventually import eventually
from support.rows import all_rows, execute
from uuid_utils.compat import uuid7


async def waiting(url: str, name: str) -> int:
    async with await aio_pika.connect(url) as connection:
        queue = await (await connection.channel()).declare_queue(name, passive=True)
        return queue.declaration_result.message_count or 0


class TestDeadLetters:
    async def test_pages_are_stable_though_the_broker_turns_what_was_looked_at(
        self, admin: Admin, rabbitmq_url: str
    ) -> None:
        events = [(queue, str(uuid7())) for queue in (GATEWAY_SYNCS, INGESTOR_SYNCS, REPORTER_ORDERS) for _ in range(3)]
        for queue, event_id in events:
            await bury(rabbitmq_url, queue, {"id": event_id})
        whole = [f"{queue.name}~{event_id}" for queue, event_id in events]
        for direction, expected in (("ASC", whole), ("DESC", whole[::-1])):
            for first, last in ((0, 1), (2, 4), (7, 8), (0, 8), (6, 20)):
                query = {"sort": ["id", direction], "range": [first, last]}
                await eventually(partial(self.shows, admin, query, expected[first : last + 1]))

    async def shows(self, admin: Admin, query: dict[str, Any], expected: list[str]) -> bool:
        # Those that were looked at are back soon, and nobody sees them meanwhile.
        page = await admin.get("dead_letters", **query)
        found = [letter["id"] for letter in page.json()]
        return found == expected and page.headers["Content-Range"].endswith("/9")

    async def test_those_of_one_event_are_put_back_and_no_other(self, admin: Admin, rabbitmq_url: str) -> None:
        ids = [str(uuid4()) for _ in range(5)]
        await bury(rabbitmq_url, INGESTOR_SYNCS, *({"id": each} for each in ids))
        answer = await admin.call("POST", "redrives", json={"queue": INGESTOR_SYNCS.name, "event_id": ids[2]})
        assert (answer.status_code, answer.json()["put_back"]) == (201, 1)
        assert await waiting(rabbitmq_url, INGESTOR_SYNCS.name) == 1

        async def the_others_stay() -> bool:
            left = (await admin.get("dead_letters", filter={"queue": INGESTOR_SYNCS.name})).json()
            return {letter["event_id"] for letter in left} == {*ids[:2], *ids[3:]}

        await eventually(the_others_stay)
        answer = await admin.call("POST", "redrives", json={"queue": INGESTOR_SYNCS.name, "limit": 3})
        assert answer.json()["put_back"] == 3
        assert await waiting(rabbitmq_url, INGESTOR_SYNCS.name) == 4

    @pytest.mark.parametrize("body", [{"queue": "none"}, {"queue": INGESTOR_SYNCS.name, "limit": 0}, {}])
    async def test_what_makes_no_sense_is_refused(self, admin: Admin, body: dict[str, object]) -> None:
        assert (await admin.call("POST", "redrives", json=body)).status_code == 422

    async def test_an_event_id_of_any_kind_names_nothing(self, admin: Admin, rabbitmq_url: str) -> None:
        await bury(rabbitmq_url, INGESTOR_SYNCS, b"no event")
        for event_id in ("x" * 150, "\0", "~", "%"):
            path = f"dead_letters/{INGESTOR_SYNCS.name}~{event_id.encode().hex()}"
            assert (await admin.get(path)).status_code == 404
            body = {"queue": INGESTOR_SYNCS.name, "event_id": event_id}
            assert (await admin.call("POST", "redrives", json=body)).json()["put_back"] == 0

    async def test_a_broker_that_is_away_is_said_to_be(self, admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(admin.gateway.app.state.operations.dead_letters, "_url", "amqp://a:hunter2@127.0.0.1:1/")
        for answer in (
            await admin.get("dead_letters"),
            await admin.get(f"dead_letters/{INGESTOR_SYNCS.name}~e"),
            await admin.call("POST", "redrives", json={"queue": INGESTOR_SYNCS.name}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (503, "broker_unavailable")
            assert answer.headers["Retry-After"]
            assert "hunter2" not in answer.text


class TestReplays:
    async def test_one_is_begun_stopped_and_goes_on(self, admin: Admin, reporter_db: Database) -> None:
        cabinet_id = str(uuid4())
        body: dict[str, Any] = {
            "types": ["stocks.updated.v1", "orders.updated.v1"],
            "cabinet_ids": [cabinet_id],
            "since": "2026-11-01T00:00:00+03:00",
            "until": "2100-01-01T00:00:00Z",
            "events_per_second": 20,
        }
        made = (await admin.call("POST", "replays", json=body)).json()
        [row] = await all_rows(reporter_db, "replays")
        assert (str(row["replay_id"]), row["consumer"], row["state"]) == (made["id"], "reporter", "running")
        assert row["types"] == sorted(body["types"])
        assert [str(each) for each in row["cabinet_ids"]] == [cabinet_id]
        assert (row["events_per_second"], row["sent_by_service"]) == (20, True)
        assert made["until"] < body["until"]  # what comes later comes by itself
        own = (await admin.get("keys")).json()[0]["id"]
        assert row["requested_by"] == made["requested_by"] == f"key {own}"

        await execute(reporter_db, "UPDATE replays SET sent = 5, sent_at = now() - interval '1 hour'")
        watched = (await admin.get(f"replays/{made['id']}")).json()
        assert (watched["sent"], watched["is_silent"], watched["version"]) == (5, True, made["version"])
        stopped = await admin.call("PUT", f"replays/{made['id']}", json={**made, "state": "stopped"})
        assert (stopped.status_code, stopped.json()["state"], stopped.json()["is_silent"]) == (200, "stopped", False)
        going = await admin.call("PUT", f"replays/{made['id']}", json={"state": "running"})
        assert (going.json()["state"], going.json()["ended_at"]) == ("running", None)

    async def test_one_of_a_command_goes_on_by_the_service(self, admin: Admin, reporter_db: Database) -> None:
        made = (await admin.call("POST", "replays", json={})).json()
        await execute(reporter_db, "UPDATE replays SET sent_by_service = false, state = 'stopped'")
        going = await admin.call("PUT", f"replays/{made['id']}", json={"state": "running"})
        assert going.json()["sent_by_service"] is True

    async def test_one_that_is_done_stays_so(self, admin: Admin, reporter_db: Database) -> None:
        made = (await admin.call("POST", "replays", json={})).json()
        path = f"replays/{made['id']}"
        assert (await admin.call("PUT", path, json={"state": "done"})).json()["code"] == "replay_done"
        await execute(reporter_db, "UPDATE replays SET state = 'done'")
        assert (await admin.call("PUT", path, json={"state": "running"})).json()["code"] == "replay_done"
        assert (await admin.call("PUT", path, json={**made, "state": "stopped"})).json()["code"] == "version_conflict"

    @pytest.mark.parametrize(
        "body",
        [
            {"consumer": "nobody"},
            {"types": ["nothing.v1"]},
            {"types": ["cabinet.connected.v1"]},
            {"since": "2026-11-02T00:00:00Z", "until": "2026-11-01T00:00:00Z"},
            {"events_per_second": 0},
            {"since": "9999-12-31T23:59:59-12:00"},
            {"consumer": "\0"},
        ],
    )
    async def test_what_cannot_be_replayed_is_not_begun(
        self, admin: Admin, reporter_db: Database, body: dict[str, object]
    ) -> None:
        assert (await admin.call("POST", "replays", json=body)).status_code == 422
        assert await all_rows(reporter_db, "replays") == []

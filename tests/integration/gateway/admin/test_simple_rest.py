"""The administrators' interface, driven by `ra-data-simple-rest` as it is published."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.topics import INGESTOR_SYNCS, REPORTER_ORDERS
from servicekit.db import Database
from support.administration import Admin, bury, deliver, log_sync, quarantine
from support.gateway import Gateway, wb_token
from support.served import served
from support.simple_rest_client import SimpleRest, simple_rest
from support.verdicts import mark_verified
from uuid_utils.compat import uuid7

FIRST_PAGE = {"page": 1, "perPage": 2}
BY_ID = {"field": "id", "order": "ASC"}


@pytest.fixture
async def provider(admin: Admin, gateway: Gateway) -> AsyncIterator[SimpleRest]:
    async with served(gateway.app) as url, simple_rest(f"{url}/api/v1/admin", admin.key) as made:
        yield made


def refused(answer: Any) -> tuple[int, str]:
    """The status and the code of what was refused."""
    return answer["refused"]["status"], answer["refused"]["body"]["code"]


async def check_reads(provider: SimpleRest, resource: str, ids: list[Any]) -> None:
    """That records with these ids, in this order, are found in every way that the provider has."""
    whole = await provider.call("getList", resource, sort=BY_ID, pagination={"page": 1, "perPage": 100}, filter={})
    assert [record["id"] for record in whole["data"]] == ids
    assert whole["total"] == len(ids)
    first = await provider.call("getList", resource, sort=BY_ID, pagination=FIRST_PAGE)
    assert (first["data"], first["total"]) == (whole["data"][:2], len(ids))
    beyond = await provider.call("getList", resource, sort=BY_ID, pagination={"page": 9, "perPage": 100})
    assert (beyond["data"], beyond["total"]) == ([], len(ids))
    one = await provider.call("getOne", resource, id=ids[-1])
    assert one["data"] == whole["data"][-1]
    some = await provider.call("getMany", resource, ids=[ids[-1], ids[0], "no such id"])
    assert {record["id"] for record in some["data"]} == {ids[0], ids[-1]}
    assert refused(await provider.call("getOne", resource, id="no such id")) == (404, "record_not_found")
    unknown = await provider.call("getList", resource, sort=BY_ID, pagination=FIRST_PAGE, filter={"nothing": 1})
    assert refused(unknown) == (400, "filter_unknown")
    unsorted = {"field": "nothing", "order": "ASC"}
    assert refused(await provider.call("getList", resource, sort=unsorted, pagination=FIRST_PAGE)) == (
        400,
        "sort_unknown",
    )


async def test_users_from_their_entry_to_their_end(provider: SimpleRest) -> None:
    made = [await provider.call("create", "users", data={"id": telegram_id}) for telegram_id in (11, 12, 13)]
    assert [answer["data"]["id"] for answer in made] == [11, 12, 13]
    assert refused(await provider.call("create", "users", data={"id": 12})) == (409, "user_exists")
    await check_reads(provider, "users", [11, 12, 13])

    read = (await provider.call("getOne", "users", id=12))["data"]
    stored = await provider.call("update", "users", id=12, data={**read, "note": "first"}, previousData=read)
    assert stored["data"]["note"] == "first"
    assert stored["data"]["version"] != read["version"]
    late = await provider.call("update", "users", id=12, data={**read, "note": "second"}, previousData=read)
    assert refused(late) == (409, "version_conflict")
    assert (await provider.call("getOne", "users", id=12))["data"] == stored["data"]

    assert (await provider.call("updateMany", "users", ids=[11, 13], data={"note": "both"}))["data"] == [11, 13]
    assert {(await provider.call("getOne", "users", id=each))["data"]["note"] for each in (11, 13)} == {"both"}
    assert (await provider.call("delete", "users", id=12, previousData=read))["data"] == stored["data"]
    assert (await provider.call("deleteMany", "users", ids=[11, 13]))["data"] == [11, 13]
    assert (await provider.call("getList", "users"))["total"] == 0
    assert refused(await provider.call("delete", "users", id=12)) == (404, "record_not_found")


async def test_keys_from_their_making_to_their_end(provider: SimpleRest, gateway: Gateway, admin: Admin) -> None:
    [own] = (await provider.call("getList", "keys"))["data"]
    made = [
        (await provider.call("create", "keys", data={"telegram_id": 7, "name": f"n{number}"}))["data"]
        for number in range(2)
    ]
    [of_nobody] = [(await provider.call("create", "keys", data={"scopes": ["admin"]}))["data"]]
    await check_reads(provider, "keys", [own["id"], *(key["id"] for key in [*made, of_nobody])])
    of_user = await provider.call(
        "getManyReference", "keys", target="telegram_id", id=7, sort=BY_ID, pagination=FIRST_PAGE, filter={}
    )
    assert (of_user["total"], [key["id"] for key in of_user["data"]]) == (2, [key["id"] for key in made])

    async def calls(key: str) -> int:
        return (await gateway.client.get("/api/v1/cabinets", headers={"X-API-Key": key})).status_code

    secret = made[0].pop("key")
    assert await calls(secret) == 200
    read = (await provider.call("getOne", "keys", id=made[0]["id"]))["data"]
    renamed = await provider.call("update", "keys", id=read["id"], data={**read, "name": "new"}, previousData=read)
    assert (renamed["data"]["name"], renamed["data"]["scopes"]) == ("new", read["scopes"])
    again = await provider.call("update", "keys", id=read["id"], data={**read, "name": "newer"}, previousData=read)
    assert refused(again) == (409, "version_conflict")
    ended = await provider.call("delete", "keys", id=read["id"], previousData=read)
    assert ended["data"]["revoked_at"] is not None
    assert await calls(secret) == 401
    assert (await provider.call("deleteMany", "keys", ids=[made[1]["id"]]))["data"] == [made[1]["id"]]
    assert await calls(made[1]["key"]) == 401
    assert await calls(admin.key) == 403


async def test_cabinets_from_their_connection_to_their_end(provider: SimpleRest) -> None:
    made = [
        (await provider.call("create", "cabinets", data={"owner_telegram_id": owner, "token": wb_token()}))["data"]
        for owner in (21, 21, 22)
    ]
    await check_reads(provider, "cabinets", [cabinet["id"] for cabinet in made])
    of_owner = await provider.call(
        "getManyReference", "cabinets", target="owner_telegram_id", id=21, sort=BY_ID, pagination=FIRST_PAGE, filter={}
    )
    assert (of_owner["total"], of_owner["data"]) == (2, made[:2])
    unchecked = await provider.call("getList", "cabinets", filter={"status": "unchecked"})
    verified = await provider.call("getList", "cabinets", filter={"status": "verified"})
    assert (unchecked["total"], verified["total"]) == (3, 0)

    read = made[0]
    renamed = await provider.call("update", "cabinets", id=read["id"], data={**read, "name": "shop"}, previousData=read)
    assert renamed["data"] == {**read, "name": "shop", "version": renamed["data"]["version"]}
    late = await provider.call("update", "cabinets", id=read["id"], data={**read, "name": "x"}, previousData=read)
    assert refused(late) == (409, "version_conflict")
    assert refused(await provider.call("delete", "users", id=22)) == (409, "user_in_use")
    assert (await provider.call("delete", "cabinets", id=made[2]["id"], previousData=made[2]))["data"] == made[2]
    assert (await provider.call("deleteMany", "cabinets", ids=[made[1]["id"]]))["data"] == [made[1]["id"]]
    assert (await provider.call("getList", "cabinets"))["data"] == [renamed["data"]]


async def test_syncs_from_their_asking_on(provider: SimpleRest, gateway: Gateway) -> None:
    made = []
    for owner in (31, 32):
        shop = {"owner_telegram_id": owner, "token": wb_token()}
        cabinet_id = (await provider.call("create", "cabinets", data=shop))["data"]["id"]
        refusal = await provider.call("create", "syncs", data={"cabinet_id": cabinet_id})
        assert refused(refusal) == (409, "cabinet_unchecked")
        await mark_verified(gateway, UUID(cabinet_id))
        made.append((await provider.call("create", "syncs", data={"cabinet_id": cabinet_id}))["data"])
    await check_reads(provider, "syncs", [sync["id"] for sync in made])
    newest = {"field": "requested_at", "order": "DESC"}
    listed = await provider.call("getList", "syncs", sort=newest, pagination={"page": 1, "perPage": 9})
    assert listed["data"] == made[::-1]
    of_cabinet = await provider.call(
        "getManyReference",
        "syncs",
        target="cabinet_id",
        id=made[0]["cabinet_id"],
        sort=BY_ID,
        pagination=FIRST_PAGE,
        filter={},
    )
    assert (of_cabinet["total"], of_cabinet["data"]) == (1, made[:1])


async def test_what_other_services_have(
    provider: SimpleRest, ingestor_db: Database, notifier_db: Database, rabbitmq_url: str
) -> None:
    cabinets = sorted(uuid4() for _ in range(3))
    for number, cabinet_id in enumerate(cabinets):
        await log_sync(ingestor_db, cabinet_id, outcome="failed" if number else "completed", minutes_ago=number)
        await quarantine(ingestor_db, cabinet_id, resource="orders" if number else "stocks")
        await deliver(notifier_db, cabinet_id, status="failed" if number else "delivered", minutes_ago=number)
    for resource, time, filters in (
        ("sync_logs", "started_at", {"outcome": "failed"}),
        ("quarantine", "last_seen_at", {"resource": "orders"}),
        ("deliveries", "created_at", {"status": "failed"}),
    ):
        newest = {"field": time, "order": "DESC"}
        listed = await provider.call("getList", resource, sort=newest, pagination={"page": 1, "perPage": 9})
        by_cabinet = sorted(listed["data"], key=lambda record: UUID(record["cabinet_id"]))
        assert [UUID(record["cabinet_id"]) for record in by_cabinet] == cabinets
        await check_reads(provider, resource, [record["id"] for record in by_cabinet])
        times = [record[time] for record in listed["data"]]
        assert times == sorted(times, reverse=True)
        some = await provider.call("getList", resource, sort=newest, pagination=FIRST_PAGE, filter=filters)
        assert (some["total"], len(some["data"])) == (2, 2)
        of_cabinet = await provider.call(
            "getManyReference",
            resource,
            target="cabinet_id",
            id=str(cabinets[1]),
            sort=BY_ID,
            pagination=FIRST_PAGE,
            filter={},
        )
        assert of_cabinet["data"] == [by_cabinet[1]]

    events = [{"id": str(uuid7()), "cabinetid": str(cabinets[0]), "origin": "live"} for _ in range(3)]
    await bury(rabbitmq_url, INGESTOR_SYNCS, *events[:2])
    await bury(rabbitmq_url, REPORTER_ORDERS, events[2])
    queues = [INGESTOR_SYNCS.name, INGESTOR_SYNCS.name, REPORTER_ORDERS.name]
    await check_reads(provider, "dead_letters", [f"{q}~{e['id']}" for q, e in zip(queues, events, strict=True)])
    of_queue = await provider.call("getList", "dead_letters", filter={"queue": INGESTOR_SYNCS.name})
    assert (of_queue["total"], of_queue["data"][0]["cabinet_id"]) == (2, str(cabinets[0]))


async def test_replays_and_settings(provider: SimpleRest) -> None:
    made = [
        (await provider.call("create", "replays", data={"consumer": "reporter", "types": ["orders.updated.v1"]}))[
            "data"
        ]
        for _ in range(2)
    ]
    assert {replay["state"] for replay in made} == {"running"}
    await check_reads(provider, "replays", sorted(replay["id"] for replay in made))
    stopped = await provider.call(
        "update", "replays", id=made[0]["id"], data={**made[0], "state": "stopped"}, previousData=made[0]
    )
    assert (stopped["data"]["state"], stopped["data"]["ended_at"] is not None) == ("stopped", True)
    again = await provider.call(
        "update", "replays", id=made[0]["id"], data={**made[0], "state": "stopped"}, previousData=made[0]
    )
    assert refused(again) == (409, "version_conflict")
    odd = await provider.call("create", "replays", data={"consumer": "notifier"})
    assert refused(odd) == (422, "replay_refused")

    settings = await provider.call("getList", "configuration", sort=BY_ID, pagination={"page": 1, "perPage": 100})
    await check_reads(provider, "configuration", [setting["id"] for setting in settings["data"]])
    [database] = (await provider.call("getMany", "configuration", ids=["DATABASE_URL"]))["data"]
    assert (database["value"], database["is_set"], database["is_secret"]) == (None, True, True)

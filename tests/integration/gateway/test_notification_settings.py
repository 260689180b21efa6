"""What users want to be told, over the API."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic import command
from contracts.message_kinds import KINDS
from contracts.notification_settings import VALUES
from servicekit import clock
from servicekit.migrations import alembic_config
from support.databases import migrations_of
from support.gateway import Gateway, User
from support.outbox_rows import published
from support.rows import count, execute

QUIET = {"since": "22:30", "until": "08:00"}


async def put(user: User, **body: Any) -> Any:
    return await user.call("PUT", "/notifications/settings", json=body)


async def patch(user: User, *rules: dict[str, Any], **body: Any) -> Any:
    return await user.call("PATCH", "/notifications/settings", json={"rules": rules, **body})


async def mine(user: User) -> dict[str, Any]:
    data: dict[str, Any] = (await user.get("/notifications/settings")).json()["data"]
    return data


def said(settings: dict[str, Any]) -> list[dict[str, Any]]:
    return [{name: value for name, value in rule.items() if value is not None} for rule in settings["rules"]]


async def test_settings_are_entered_changed_and_told_as_a_whole(gateway: Gateway, alice: User) -> None:
    cabinet = str(await alice.connect())
    before = await mine(alice)
    assert before == {
        "revision": 0, "entered_at": None, "language": "ru", "zone": "Europe/Moscow", "rules": [], "mutes": []
    }  # fmt: skip
    entered = await put(alice, zone="Asia/Omsk", rules=[{"quiet": QUIET}, {"kind": "order_new", "cabinet_id": cabinet}])
    assert entered.status_code == 200, entered.text
    assert entered.json() == await mine(alice)
    changed = await patch(
        alice,
        {"kind": "order_big", "above": "25000"},
        {"quiet": None, "digest_at": "09:00"},
        {"cabinet_id": cabinet, "only_nm_ids": [7]},
        language="en",
    )
    assert changed.status_code == 200, changed.text
    assert said(changed.json()) == [
        {"digest_at": "09:00"},
        {"kind": "order_big", "above": changed.json()["rules"][1]["above"]},
        {"cabinet_id": cabinet, "only_nm_ids": [7]},
    ]
    assert (changed.json()["revision"], changed.json()["language"], changed.json()["zone"]) == (2, "en", "Asia/Omsk")
    assert (await patch(alice, {"digest_at": "09:00"})).json()["revision"] == 2
    events = await published(gateway.database, "notification_settings.entered.v1")
    assert [(e.data.telegram_id, e.data.revision, len(e.data.settings.rules)) for e in events] == [
        (1001, 1, 1), (1001, 2, 3)
    ]  # fmt: skip
    assert events[0].data.settings.zone == "Asia/Omsk"


async def test_changes_at_once_are_all_done_and_a_replaced_revision_is_refused(gateway: Gateway, alice: User) -> None:
    kinds = list(KINDS)[:12]
    answers = await asyncio.gather(*(patch(alice, {"kind": kind, "is_on": False}) for kind in kinds))
    assert {answer.status_code for answer in answers} == {200}
    found = await mine(alice)
    assert {rule["kind"] for rule in found["rules"]} == set(kinds)
    assert found["revision"] == len(kinds)
    both = await asyncio.gather(*(put(alice, language="en", zone=zone, revision=12) for zone in ("UTC", "Asia/Omsk")))
    assert sorted(answer.status_code for answer in both) == [200, 409]
    refused = next(answer for answer in both if answer.status_code == 409)
    assert refused.json()["code"] == "settings_changed"
    assert (await patch(alice, revision=3)).json()["code"] == "settings_changed"


async def test_nobody_sees_or_names_what_is_anothers(gateway: Gateway, alice: User, bob: User) -> None:
    bobs = str(await bob.connect())
    await patch(bob, {"cabinet_id": bobs, "is_on": False})
    for cabinet_id in (bobs, str(uuid4())):
        about = {"cabinet_id": cabinet_id}
        for answer in (
            await put(alice, rules=[{**about, "is_on": True}]),
            await patch(alice, {**about, "is_on": True}),
            await alice.call("POST", "/notifications/mutes", json={**about, "hours": 1}),
            await alice.call("DELETE", f"/notifications/mutes?cabinet_id={cabinet_id}"),
            await alice.get("/notifications/settings/effective", kind="order_new", cabinet_id=cabinet_id),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "cabinet_not_found"), answer.text
    assert (await mine(alice))["rules"] == []
    assert said(await mine(bob)) == [{"cabinet_id": bobs, "is_on": False}]


async def test_what_is_about_a_cabinet_that_was_left_waits_unseen(gateway: Gateway, alice: User, bob: User) -> None:
    cabinet_id = await bob.connect()
    member = await gateway.join(cabinet_id, 1003, "viewer")
    await patch(member, {"cabinet_id": str(cabinet_id), "is_on": False}, {"is_on": True})
    await member.call("POST", "/notifications/mutes", json={"cabinet_id": str(cabinet_id), "hours": 1})
    await execute(gateway.database, "DELETE FROM cabinet_members WHERE telegram_id = 1003")
    gone = await put(member, rules=[{"group_after": 5}])
    assert said(gone.json()) == [{"group_after": 5}]
    assert gone.json()["mutes"] == []
    back = await gateway.join(cabinet_id, 1003, "viewer")
    found = (await put(back, rules=(await mine(back))["rules"], mutes=(await mine(back))["mutes"])).json()
    assert said(found) == [{"group_after": 5}, {"cabinet_id": str(cabinet_id), "is_on": False}]
    assert len(found["mutes"]) == 1


async def test_inheritance_is_shown(gateway: Gateway, alice: User) -> None:
    cabinet = str(await alice.connect())
    await patch(
        alice,
        {"is_on": False, "quiet": QUIET},
        {"cabinet_id": cabinet, "is_on": True},
        {"kind": "order_big", "channel": "email", "is_on": False},
    )
    await alice.call("POST", "/notifications/mutes", json={"kind": "order_big", "hours": 1})
    asked = {"kind": "order_big", "cabinet_id": cabinet}
    shown = (await alice.get("/notifications/settings/effective", **asked)).json()["data"]
    assert shown["is_on"] == {
        "value": True, "level": "cabinet",
        "levels": [
            {"level": "cabinet", "value": True}, {"level": "user", "value": False}, {"level": "default", "value": True}
        ],
    }  # fmt: skip
    assert (shown["quiet"]["value"], shown["quiet"]["level"]) == (QUIET, "user")
    assert (float(shown["above"]["value"]), shown["above"]["level"]) == (10_000, "default")
    assert shown["muted_until"] is not None
    assert set(VALUES) < set(shown)
    in_mail = await alice.get("/notifications/settings/effective", **asked, channel="email")
    assert in_mail.json()["data"]["is_on"]["level"] == "channel"


async def test_mutes_begin_are_replaced_and_end(gateway: Gateway, alice: User) -> None:
    cabinet = str(await alice.connect())
    until = clock.now() + timedelta(days=2)
    for body in (
        {"nm_id": 7, "cabinet_id": cabinet, "hours": 1},
        {"nm_id": 7, "cabinet_id": cabinet, "until": until.isoformat()},
        {"kind": "bad_review", "hours": 1},
        {"hours": 1},
    ):
        answer = await alice.call("POST", "/notifications/mutes", json=body)
        assert answer.status_code == 201, answer.text
    mutes = (await mine(alice))["mutes"]
    assert [(mute["cabinet_id"], mute["kind"], mute["nm_id"]) for mute in mutes] == [
        (cabinet, None, 7), (None, "bad_review", None), (None, None, None)
    ]  # fmt: skip
    for query in (f"?nm_id=7&cabinet_id={cabinet}", "?kind=bad_review", "?kind=bad_review"):
        assert (await alice.call("DELETE", f"/notifications/mutes{query}")).status_code == 204
    assert [mute["kind"] for mute in (await mine(alice))["mutes"]] == [None]
    assert (await mine(alice))["revision"] == 6


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("PATCH", "settings", {"zone": "Mars/Olympus"}, "zone_unknown"),
        ("PUT", "settings", {"zone": "Mars/Olympus"}, "zone_unknown"),
        ("PUT", "settings", {"rules": [{"is_on": True}, {"is_on": False}]}, "settings_invalid"),
        ("PATCH", "settings", {"rules": [{"kind": "order_newest", "is_on": False}]}, "invalid_request"),
        ("PATCH", "settings", {"rules": [{"quiet": {"since": "24:00", "until": "08:00"}}]}, "invalid_request"),
        ("PATCH", "settings", {"rules": [{"digest_at": "9:00"}]}, "invalid_request"),
        ("PATCH", "settings", {"rules": [{"channel": "webhook", "is_on": False}]}, "invalid_request"),
        ("PATCH", "settings", {"rules": [{"is_of": False}]}, "invalid_request"),
        ("PATCH", "settings", {"rules": [{"above": "-1"}]}, "invalid_request"),
        ("POST", "mutes", {"kind": "order_newest", "hours": 1}, "invalid_request"),
        ("POST", "mutes", {"nm_id": 7}, "mute_invalid"),
        ("POST", "mutes", {"until": "2020-01-01T00:00:00Z"}, "mute_invalid"),
        ("POST", "mutes", {"until": "2040-01-01T00:00:00Z", "hours": 1}, "mute_invalid"),
    ],
)
async def test_what_cannot_be_is_refused(
    gateway: Gateway, alice: User, method: str, path: str, body: dict[str, Any], code: str
) -> None:
    answer = await alice.call(method, f"/notifications/{path}", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert await published(gateway.database, "notification_settings.entered.v1") == []


async def test_a_document_is_bounded(gateway: Gateway, alice: User) -> None:
    rules = [{"kind": kind, "channel": channel, "is_on": True} for kind in KINDS for channel in ("telegram", "email")]
    assert (await put(alice, rules=rules)).status_code == 200
    more = [{**rule, "channel": channel} for rule in rules[::2] for channel in ("webpush", "firebase", None)]
    assert (await patch(alice, *more)).json()["code"] == "settings_invalid"
    assert len((await mine(alice))["rules"]) == len(rules)


async def test_every_kind_is_listed_with_its_titles_and_defaults(alice: User) -> None:
    rows = (await alice.get("/notifications/kinds")).json()["data"]
    assert [row["name"] for row in rows] == list(KINDS)
    big = next(row for row in rows if row["name"] == "order_big")
    assert (big["ru"], big["en"], big["is_on"], big["has_amount"]) == ("Крупный заказ", "Big order", True, True)
    assert {row["name"] for row in rows if row["is_critical"]} == {"cabinet_suspended", "scope_refused"}


async def test_preferences_of_before_are_carried_over(gateway: Gateway, alice: User) -> None:
    cabinet: UUID = await alice.connect()
    await patch(alice, {"cabinet_id": str(cabinet), "kind": "order_changed", "is_on": False}, {"kind": "order_new"})
    config = alembic_config(migrations_of("gateway"), gateway.database.dsn)
    await asyncio.to_thread(command.downgrade, config, "2026_12_03_administrators_syncs")
    assert await count(gateway.database, "notification_preferences") == 1
    await asyncio.to_thread(command.upgrade, config, "head")
    found = await mine(alice)
    assert (found["revision"], found["entered_at"]) == (0, None)
    assert said(found) == [{"cabinet_id": str(cabinet), "kind": "order_changed", "is_on": False}]

"""What each role may do, for every operation that changes something: a new one cannot be forgotten."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.wb_token import Category
from gateway.roles import MAY, Act, Role
from servicekit import clock
from servicekit.db import Database
from support.gateway import Gateway, User, wb_token
from support.openapi import document
from support.shop_alerts import put_alert
from support.verdicts import mark_verified
from support.written import put_feedback, put_question

OWNER, MEMBER, OTHER = 5001, 5002, 5003
SELLER = uuid4()

COST = {"nm_id": 7, "valid_from": "2026-11-01", "cost": "520.00"}
TAX = {"valid_from": "2026-11-01", "percent": "6.00", "base": "income"}
OTHER_COST = {"nm_id": 7, "valid_from": "2026-11-01", "amount": "12.00"}
LEAD_TIME = {"nm_id": 7, "valid_from": "2026-11-01", "lead_days": 10}
PLAN = {"nm_id": 7, "month": "2026-11-01", "orders": 100}
OF_ITEM = {"nm_id": "7", "valid_from": "2026-11-01"}
TAKEN_BACK = {
    "costs": OF_ITEM,
    "tax": {"valid_from": "2026-11-01"},
    "other-costs": OF_ITEM,
    "lead-times": OF_ITEM,
    "plan": {"nm_id": "7", "month": "2026-11-01"},
}

Ask = Callable[[UUID], dict[str, Any]]
Prepare = Callable[[User, UUID, Database], Awaitable[dict[str, object]]]
"""Gives the other ids of the path."""


def nothing(_: UUID) -> dict[str, Any]:
    return {}


def taking_back(row: dict[str, str]) -> Ask:
    return lambda _: {"params": row}


def entering(row: dict[str, Any]) -> Ask:
    return lambda _: {"json": {"rows": [row]}}


OF_AN_ALERT = {
    **{("POST", f"/alerts/{{alert_id}}/{what}"): nothing for what in ("acknowledge", "resolve")},
    ("DELETE", "/alerts/{alert_id}/mark"): nothing,
    ("POST", "/alerts/{alert_id}/snooze"): lambda _: {"json": {"until": str(clock.now() + timedelta(days=1))}},
}

OF_BUYERS = {
    ("POST", "/reviews/{review_id}/answer"),
    ("PATCH", "/reviews/{review_id}/answer"),
    ("POST", "/questions/{question_id}/answer"),
    ("POST", "/questions/{question_id}/reject"),
}

OF_A_CABINET: dict[tuple[str, str], tuple[Act, Ask]] = {
    **{operation: (Act.HANDLE_ALERTS, ask) for operation, ask in OF_AN_ALERT.items()},
    ("PUT", "/cabinets/{cabinet_id}/costs"): (Act.ENTER, entering(COST)),
    ("PUT", "/cabinets/{cabinet_id}/tax"): (Act.ENTER, entering(TAX)),
    ("PUT", "/cabinets/{cabinet_id}/other-costs"): (Act.ENTER, entering(OTHER_COST)),
    ("PUT", "/cabinets/{cabinet_id}/lead-times"): (Act.ENTER, entering(LEAD_TIME)),
    ("PUT", "/cabinets/{cabinet_id}/plan"): (Act.ENTER, entering(PLAN)),
    **{
        ("DELETE", f"/cabinets/{{cabinet_id}}/{kind}"): (Act.ENTER, taking_back(row))
        for kind, row in TAKEN_BACK.items()
    },
    **{operation: (Act.ANSWER, lambda _: {"json": {"text": "Спасибо"}}) for operation in OF_BUYERS},
    ("POST", "/sync/start"): (Act.START_SYNC, lambda cabinet_id: {"json": {"cabinet_id": str(cabinet_id)}}),
    ("POST", "/webhooks"): (
        Act.SUBSCRIBE,
        lambda cabinet_id: {"json": {"url": "https://93.184.216.34/", "cabinets": [str(cabinet_id)]}},
    ),
    ("PATCH", "/cabinets/{cabinet_id}"): (Act.RENAME, lambda _: {"json": {"name": "Север"}}),
    ("PUT", "/cabinets/{cabinet_id}/members/{telegram_id}"): (Act.INVITE, lambda _: {"json": {"role": "analyst"}}),
    ("DELETE", "/cabinets/{cabinet_id}/members/{telegram_id}"): (Act.INVITE, nothing),
    ("POST", "/cabinets/{cabinet_id}/invitations"): (Act.INVITE, lambda _: {"json": {"role": "viewer"}}),
    ("DELETE", "/cabinets/{cabinet_id}/invitations/{invitation_id}"): (Act.INVITE, nothing),
    ("PUT", "/cabinets/{cabinet_id}/token"): (
        Act.REPLACE_TOKEN,
        lambda _: {"json": {"token": wb_token(seller_id=SELLER)}},
    ),
    ("DELETE", "/cabinets/{cabinet_id}"): (Act.DISCONNECT, nothing),
}
"""What changes something of a cabinet, the act that it is, and a request that is done."""

OF_NONE = {
    ("POST", "/cabinets"),
    *(("POST", f"/auth/{way}") for way in ("telegram", "mini-app", "refresh", "sign-out")),
    ("POST", "/invitations/accept"),
    *(("POST", f"/webhooks/{{webhook_id}}/{what}") for what in ("resume", "secrets", "test", "replay")),
    *((method, "/webhooks/{webhook_id}") for method in ("PUT", "DELETE")),
    *((method, "/notifications/settings") for method in ("PUT", "PATCH")),
    *((method, "/notifications/mutes") for method in ("POST", "DELETE")),
    ("POST", "/notifications/targets"),
    ("DELETE", "/notifications/targets/{target_id}"),
    *(("POST", f"/notifications/targets/{{target_id}}/{what}") for what in ("confirm", "code", "test")),
    ("DELETE", "/me/sessions/{session_id}"),
}
"""What changes nothing of a cabinet there is: it is the user's own."""


def entered(kind: str, row: dict[str, Any]) -> Prepare:
    async def prepare(owner: User, cabinet_id: UUID, _: Database) -> dict[str, object]:
        await owner.call("PUT", f"/cabinets/{cabinet_id}/{kind}", json={"rows": [row]})
        return {}

    return prepare


async def another_member(owner: User, cabinet_id: UUID, _: Database) -> dict[str, object]:
    await owner.gateway.join(cabinet_id, OTHER, "viewer")
    return {"telegram_id": OTHER}


async def an_invitation(owner: User, cabinet_id: UUID, _: Database) -> dict[str, object]:
    invited = await owner.call("POST", f"/cabinets/{cabinet_id}/invitations", json={"role": "viewer"})
    return {"invitation_id": invited.json()["invitation_id"]}


async def an_alert(owner: User, cabinet_id: UUID, reporter_db: Database) -> dict[str, object]:
    alert_id = uuid4()
    await put_alert(reporter_db, cabinet_id, str(alert_id), alert_id=alert_id)
    return {"alert_id": alert_id}


async def waiting_buyers(_: User, cabinet_id: UUID, reporter_db: Database) -> dict[str, object]:
    names = {"review_id": str(uuid4()), "question_id": str(uuid4())}
    await put_feedback(reporter_db, cabinet_id, names["review_id"], text="Тёплое")
    await put_question(reporter_db, cabinet_id, names["question_id"], text="Маломерит?")
    return dict(names)


async def an_answer(_: User, cabinet_id: UUID, reporter_db: Database) -> dict[str, object]:
    review_id = str(uuid4())
    await put_feedback(reporter_db, cabinet_id, review_id, text="Тёплое", answer_text="Да", answer_editable=True)
    return {"review_id": review_id}


PREPARED: dict[tuple[str, str], Prepare] = {
    **dict.fromkeys(OF_AN_ALERT, an_alert),
    **dict.fromkeys(OF_BUYERS, waiting_buyers),
    ("PATCH", "/reviews/{review_id}/answer"): an_answer,
    **{
        ("DELETE", f"/cabinets/{{cabinet_id}}/{kind}"): entered(kind, row)
        for kind, row in (
            ("costs", COST),
            ("tax", TAX),
            ("other-costs", OTHER_COST),
            ("lead-times", LEAD_TIME),
            ("plan", PLAN),
        )
    },
    ("PUT", "/cabinets/{cabinet_id}/members/{telegram_id}"): another_member,
    ("DELETE", "/cabinets/{cabinet_id}/members/{telegram_id}"): another_member,
    ("DELETE", "/cabinets/{cabinet_id}/invitations/{invitation_id}"): an_invitation,
}
"""What has to be there first."""


def test_every_operation_that_changes_something_is_here() -> None:
    paths = document()["paths"]
    changing = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in paths.items()
        for method in methods
        if method != "get" and not path.startswith("/api/v1/admin/")
    }
    assert changing == OF_A_CABINET.keys() | OF_NONE


def test_each_role_may_what_those_below_it_may() -> None:
    assert list(Role) == [Role.VIEWER, Role.ANALYST, Role.MANAGER, Role.OWNER]
    assert MAY.keys() == set(Act)
    for lower, higher in zip(Role, list(Role)[1:], strict=False):
        assert higher.is_at_least(lower)
        assert not lower.is_at_least(higher)


@pytest.mark.parametrize(("method", "path"), OF_A_CABINET, ids=[f"{method} {path}" for method, path in OF_A_CABINET])
async def test_is_refused_to_every_role_below_and_done_for_every_other(
    gateway: Gateway, reporter_db: Database, method: str, path: str
) -> None:
    act, ask = OF_A_CABINET[method, path]
    owner = await gateway.user(OWNER)
    cabinet_id = await owner.connect(wb_token(seller_id=SELLER, categories=frozenset(Category)))
    await mark_verified(gateway, cabinet_id)
    member = await gateway.join(cabinet_id, MEMBER, "viewer")
    for role in Role:
        if role is not Role.OWNER:
            await gateway.join(cabinet_id, MEMBER, role)
        prepare = PREPARED.get((method, path))
        ids = await prepare(owner, cabinet_id, reporter_db) if prepare else {}
        caller = owner if role is Role.OWNER else member
        answer = await caller.call(method, path.format(cabinet_id=cabinet_id, **ids), **ask(cabinet_id))
        if role.is_at_least(MAY[act]):
            assert answer.is_success, (role, answer.text)
        else:
            assert (answer.status_code, answer.json()["code"]) == (403, "role_insufficient"), (role, answer.text)
            assert (await member.get(f"/cabinets/{cabinet_id}")).json()["data"]["role"] == role


async def test_a_member_is_shown_his_own_role(gateway: Gateway, alice: User) -> None:
    cabinet_id = await alice.connect()
    analyst = await gateway.join(cabinet_id, MEMBER, "analyst")
    assert [row["role"] for row in (await alice.get("/cabinets")).json()["data"]] == ["owner"]
    assert [row["role"] for row in (await analyst.get("/cabinets")).json()["data"]] == ["analyst"]
    await gateway.join(cabinet_id, MEMBER, "manager")
    assert [row["role"] for row in (await analyst.get("/cabinets")).json()["data"]] == ["manager"]

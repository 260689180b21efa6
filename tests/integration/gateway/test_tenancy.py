"""Every operation of the document, asked by everybody who may not, about the things of another's shop.

A new operation is in it by itself; a parameter that it does not know fails it.
"""

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import httpx
import pytest
from gateway.roles import Role
from servicekit.db import Database
from support.gateway import Gateway, User
from support.openapi import Operation, operations
from support.shop import Shop, open_shop
from support.things_named import OF_A_USER, named_things, request, strange_parameters

OF_ADMINISTRATORS = [operation for operation in operations() if operation.scope == "admin"]
OF_TENANTS = [operation for operation in operations() if operation.scope != "admin"]
OPEN = {"sign_in_with_telegram", "sign_in_with_mini_app", "refresh_session"}
"""Operations that ask for no caller."""

SAID_TO_OWNERS = {"token_of_another_seller", "review_unanswered", "answer_under_way", "target_confirmed"}
"""A new token is another seller's; there is no answer that could be edited; what is answered is not rejected too; a
group in Telegram waits for no code."""

READS = [operation for operation in OF_TENANTS if operation.method == "GET"]
WRITES = sorted(
    (operation for operation in OF_TENANTS if operation.method != "GET"),
    # What takes a thing away comes after what changes it, and the cabinet goes last.
    key=lambda operation: (
        operation.name == "disconnect_cabinet",
        operation.method == "DELETE",
        -operation.path.count("/"),
    ),
)


@pytest.fixture
async def shop(
    gateway: Gateway, alice: User, reporter_db: Database, ingestor_db: Database, notifier_db: Database
) -> Shop:
    """Alice's."""
    return await open_shop(gateway, alice, reporter_db, ingestor_db, notifier_db, nm_id=7_000_001, mark="Vq7alice")


@pytest.fixture
async def other(
    gateway: Gateway, bob: User, reporter_db: Database, ingestor_db: Database, notifier_db: Database
) -> Shop:
    """Bob's."""
    return await open_shop(gateway, bob, reporter_db, ingestor_db, notifier_db, nm_id=8_000_001, mark="Zw9bob")


async def ask(
    gateway: Gateway, key: str | None, operation: Operation, ids: dict[str, Any], **query: str
) -> httpx.Response:
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    made = request(operation, ids)
    return await gateway.client.request(**made | {"params": made["params"] | query}, headers=headers)


def formats(operation: Operation) -> list[dict[str, str]]:
    """As JSON, and what is given as a file as one too."""
    is_given = "format" in {each["name"] for each in operation.parameters("query")}
    return [{}, {"format": "csv"}] if is_given else [{}]


def shown(answer: httpx.Response) -> str:
    """What was read, but for what time alone changes."""
    return re.sub(r'"freshness_seconds": \d+', "", json.dumps(answer.json().get("data")))


def one_at_a_time(operation: Operation, theirs: Shop, own: Shop) -> Iterator[dict[str, Any]]:
    """Ids of which each in turn, and all together, are of another's shop."""
    named = named_things(operation)
    yield dict(theirs.ids)
    for name in named if len(named) > 1 else ():
        yield {**own.ids, name: theirs.ids[name]}


def test_every_parameter_is_known() -> None:
    strange = {each.name: found for each in OF_TENANTS if (found := strange_parameters(each))}
    assert strange == {}, "say in support.things_named whether these name something of a tenant"
    assert {operation.name for operation in operations() if operation.scope is None} == OPEN


async def test_another_s_things_are_not_there(
    gateway: Gateway, shop: Shop, other: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = {
        "read": await gateway.key(shop.owner.telegram_id, scopes=("read",)),
        "write": await gateway.key(shop.owner.telegram_id, scopes=("write",)),
    }
    before = {each.name: await ask(gateway, shop.owner.key, each, dict(shop.ids)) for each in READS}
    assert {name: answer.status_code for name, answer in before.items() if answer.status_code != 200} == {
        "get_order_report": 503  # no reporter runs here; the order is found
    }
    assert sum(shop.mark in answer.text for answer in before.values()) > len(READS) / 2
    asked = 0
    for operation in (*READS, *WRITES):
        if operation.name in OPEN:
            continue
        for key, status in (
            (None, 401),
            ("pulse_nobodys", 401),
            *((key, 403) for scope, key in keys.items() if scope != operation.scope),
        ):
            answer = await ask(gateway, key, operation, dict(shop.ids))
            assert (answer.status_code, answer.json()["status"]) == (status, status), (operation.name, answer.text)
            asked += 1
        for ids, file_format in product(one_at_a_time(operation, shop, other), formats(operation)):
            answer = await ask(gateway, other.owner.key, operation, ids, **file_format)
            assert shop.mark not in answer.text, operation.name
            if named_things(operation):
                assert answer.status_code == 404, (operation.name, ids, answer.text)
            assert answer.status_code < 500, (operation.name, answer.text)
            asked += 1
    for operation in OF_ADMINISTRATORS:
        for key, status in ((None, 401), ("pulse_nobodys", 401), (shop.owner.key, 403), (other.owner.key, 403)):
            answer = await ask(gateway, key, operation, {"record_id": shop.cabinet_id})
            assert (answer.status_code, answer.json()["status"]) == (status, status), (operation.name, answer.text)
            assert shop.mark not in answer.text, operation.name
            asked += 1
    for each in READS:
        after = await ask(gateway, shop.owner.key, each, dict(shop.ids))
        assert after.status_code == before[each.name].status_code
        assert shown(after) == shown(before[each.name]), f"{each.name} shows a change"
    with capsys.disabled():
        print(f"\ntenancy: {asked} requests of {len(operations())} operations, of which none was let in")


async def test_whom_the_things_belong_to_finds_them(gateway: Gateway, shop: Shop) -> None:
    for operation in WRITES:
        if named_things(operation):
            answer = await ask(gateway, shop.owner.key, operation, dict(shop.ids))
            assert answer.status_code < 300 or answer.json()["code"] in SAID_TO_OWNERS, answer.text


async def test_each_role_may_what_the_one_below_may_and_more(
    gateway: Gateway, alice: User, reporter_db: Database, ingestor_db: Database, notifier_db: Database
) -> None:
    may: dict[Role, set[str]] = {}
    for n, role in enumerate(Role):
        shop = await open_shop(
            gateway, alice, reporter_db, ingestor_db, notifier_db, nm_id=9_000_001 + 10 * n, mark=f"Qx{role}"
        )
        # A cabinet has one owner.
        member = alice if role is Role.OWNER else await gateway.join(shop.cabinet_id, 2_000 + n, role)
        may[role] = set()
        for operation in (*READS, *WRITES):
            if not named_things(operation) or named_things(operation) & OF_A_USER:
                continue
            answer = await ask(gateway, member.key, operation, dict(shop.ids))
            if answer.status_code == 403:
                assert answer.json()["code"] == "role_insufficient", answer.text
            else:
                assert answer.status_code not in (401, 404), (operation.name, answer.text)
                may[role].add(operation.name)
    assert may[Role.VIEWER] & {operation.name for operation in WRITES} == {
        "enter_notification_settings",
        "change_notification_settings",
        "mute_notifications",
        "unmute_notifications",
    }
    assert may[Role.VIEWER] < may[Role.ANALYST] < may[Role.MANAGER] < may[Role.OWNER]

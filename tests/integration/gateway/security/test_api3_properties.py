"""OWASP API3: nobody sets what is not his to set, by a property that an operation does not know."""

from typing import Any

from servicekit.db import Database
from support.bodies import every_schema
from support.gateway import Gateway, User
from support.openapi import Operation, operations
from support.shop import open_shop
from support.things_named import request

NOT_THEIRS: dict[str, Any] = {
    "owner_telegram_id": 1,
    "is_admin": True,
    "scopes": ["admin"],
    "created_at": "2020-01-01T00:00:00Z",
    "sealed_token": "x",
    "__proto__": {"role": "owner"},
}
"""What rows have, and no seller says; with a name of their own they are as unknown to every operation."""


def with_body() -> list[Operation]:
    return [operation for operation in operations() if operation.body is not None]


def test_every_object_of_every_body_is_closed() -> None:
    open_ones = [
        where
        for operation in with_body()
        for where, schema in every_schema((operation.body or {})["schema"], operation.name)
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False
    ]
    assert len(with_body()) >= 25
    assert open_ones == []


async def test_a_property_that_is_not_the_sellers_is_refused_by_every_operation(
    gateway: Gateway, alice: User, reporter_db: Database, ingestor_db: Database, notifier_db: Database
) -> None:
    shop = await open_shop(gateway, alice, reporter_db, ingestor_db, notifier_db, nm_id=7_000_001, mark="Vq7alice")
    tried = 0
    for operation in with_body():
        if operation.scope not in ("read", "write"):
            continue
        made = request(operation, dict(shop.ids))
        assert isinstance(made["json"], dict), operation.name
        for name, value in NOT_THEIRS.items():
            given = {**made, "json": {**made["json"], name: value}}
            answer = await gateway.client.request(**given, headers={"Authorization": f"Bearer {shop.owner.key}"})
            assert answer.status_code == 422, (operation.name, name, answer.text)
            assert name in answer.text
            tried += 1
    assert tried >= 100

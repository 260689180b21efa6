"""Connecting, showing and disconnecting cabinets."""

from uuid import uuid4

from contracts.registry import parse_event
from servicekit import crypto
from sqlalchemy import text
from support.gateway import PRIVATE_KEY, Gateway, User, wb_token


async def events(gateway: Gateway) -> list:
    async with gateway.database.transaction() as connection:
        bodies = (await connection.execute(text("SELECT body FROM outbox ORDER BY created_at"))).scalars()
        return [parse_event(body.encode()) for body in bodies]


async def count(gateway: Gateway, table: str) -> int:
    async with gateway.database.transaction() as connection:
        return await connection.scalar(text(f"SELECT count(*) FROM {table}"))


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
        (event,) = await events(gateway)
        assert event.type == "cabinet.connected.v1"
        assert event.cabinetid == cabinet_id
        assert event.data.members == (alice.telegram_id,)
        opened = crypto.unseal(event.data.sealed_token, private_keys=PRIVATE_KEY, belongs_to=str(cabinet_id))
        assert opened == token

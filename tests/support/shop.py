"""A shop of which something of everything is stored: for tests of all operations, whatever they read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import httpx
from contracts.items import Section
from contracts.wb_token import Category
from gateway.roles import Role
from servicekit.db import Database

from support.gateway import Gateway, User, wb_token
from support.item_figures import keep_figures
from support.kept_digests import put_digest
from support.reporting import NOON
from support.shop_alerts import put_alert
from support.shop_items import a_stock, put_card, put_period, put_prices, some_reviews
from support.signing_in import sign_in
from support.stored_orders import minutes_apart, store
from support.stored_told import put_told
from support.sync_states import keep
from support.verdicts import mark_verified
from support.written import put_feedback, put_question

DAY = date(2026, 11, 16)
ENTERED: Mapping[str, dict[str, Any]] = {
    "costs": {"valid_from": "2026-11-01", "cost": "520.00"},
    "other-costs": {"valid_from": "2026-11-01", "amount": "12.00"},
    "lead-times": {"valid_from": "2026-11-01", "lead_days": 14},
    "plan": {"month": "2026-11-01", "orders": 2800},
}


@dataclass(frozen=True)
class Shop:
    """A cabinet with all that is known of it."""

    owner: User
    cabinet_id: UUID
    mark: str
    """In its texts, and in nobody else's."""
    ids: Mapping[str, Any]
    """Something of the shop by the name of the parameter that names such a thing."""


async def open_shop(
    gateway: Gateway,
    owner: User,
    reporter_db: Database,
    ingestor_db: Database,
    notifier_db: Database,
    *,
    nm_id: int,
    mark: str,
) -> Shop:
    """Connect a cabinet and store something of everything, with three items from `nm_id` on."""
    cabinet_id = await owner.connect(wb_token(categories=frozenset(Category)), name=mark)
    await mark_verified(gateway, cabinet_id)
    orders = minutes_apart(cabinet_id, 3)
    orders = [order.model_copy(update={"nm_id": nm_id, "brand": mark, "region": mark}) for order in orders]
    await store(reporter_db, cabinet_id, orders)
    for item in range(nm_id, nm_id + 3):
        sizes = [{"chrt_id": 10, "tech_size": "M", "wb_size": None, "skus": ["2039"]}]
        await put_card(reporter_db, cabinet_id, item, title=f"Худи {mark}", brand=mark, subject=mark, sizes=sizes)
        price = {"size_id": 10, "price": Decimal(2490), "discounted_price": Decimal(1494)}
        await put_prices(reporter_db, cabinet_id, item, price)
        figures = {(Section.STOCK, ""): a_stock(5, 2), (Section.REVIEWS, ""): some_reviews()}
        await keep_figures(reporter_db, cabinet_id, figures, item)
        await put_period(reporter_db, cabinet_id, item, orders=3, orders_sum=Decimal(300), currency="RUB")
    await put_period(reporter_db, cabinet_id, 0, orders=9, orders_sum=Decimal(900), currency="RUB")
    alert_id = uuid4()
    await put_alert(reporter_db, cabinet_id, mark, alert_id=alert_id, nm_id=nm_id)
    await put_feedback(reporter_db, cabinet_id, f"review-{nm_id}", nm_id=nm_id, text=mark)
    await put_question(reporter_db, cabinet_id, f"question-{nm_id}", nm_id=nm_id, text=mark)
    await put_feedback(
        reporter_db, cabinet_id, f"answered-{nm_id}", nm_id=nm_id, text=mark, at=NOON - timedelta(days=1)
    )
    told = await put_told(notifier_db, cabinet_id, owner.telegram_id, payload={"title": mark}, nm_id=nm_id)
    digest_id = await put_digest(reporter_db, cabinet_id, "week", DAY)
    await keep(ingestor_db, cabinet_id, "orders", last_success_at=NOON, first_load_done=True, last_error=mark)
    await enter(owner, cabinet_id, nm_id)
    started = await owner.call("POST", "/sync/start", json={"cabinet_id": str(cabinet_id)})
    answered = await owner.call("POST", f"/reviews/answered-{nm_id}/answer", json={"text": f"Спасибо {mark}"})
    body = {"url": f"https://93.184.216.34/{mark}", "event_types": ["*"], "description": mark}
    subscribed = await owner.call("POST", "/webhooks", json=body)
    entered = await enter_target(gateway, owner, mark)
    invited = await owner.call("POST", f"/cabinets/{cabinet_id}/invitations", json={"role": "viewer"})
    member = await gateway.join(cabinet_id, nm_id, Role.VIEWER)
    session = await sign_in(gateway, owner.telegram_id)
    ids = {
        "cabinet_id": cabinet_id,
        "order_id": orders[0].order_id,
        "nm_id": nm_id,
        "alert_id": alert_id,
        "delivery_id": told,
        "digest_id": digest_id,
        "sync_id": started.json()["sync_id"],
        "telegram_id": member.telegram_id,
        "invitation_id": invited.json()["invitation_id"],
        "session_id": session.session_id,
        "webhook_id": subscribed.json()["webhook_id"],
        "target_id": entered.json()["target_id"],
        "command_id": answered.json()["command_id"],
        "review_id": await _id_of_first(owner, "/reviews", "review_id"),
        "question_id": await _id_of_first(owner, "/questions", "question_id"),
    }
    return Shop(owner, cabinet_id, mark, ids)


async def enter_target(gateway: Gateway, owner: User, mark: str) -> httpx.Response:
    """A group in Telegram, which the bot enters."""
    bot = await gateway.key(None)
    return await gateway.client.post(
        "/api/v1/notifications/targets",
        json={"channel": "telegram", "chat_id": -100_200_300, "title": mark},
        headers={"Authorization": f"Bearer {bot}", "X-Telegram-User-Id": str(owner.telegram_id)},
    )


async def _id_of_first(owner: User, path: str, name: str) -> str:
    [first, *_] = (await owner.get(path)).json()["data"]
    return str(first[name])


async def enter(owner: User, cabinet_id: UUID, nm_id: int) -> None:
    """What the seller knows of an item, and of the cabinet."""
    rows = {path: {"nm_id": nm_id, **row} for path, row in ENTERED.items()}
    rows["tax"] = {"valid_from": "2026-11-01", "percent": "6.00", "base": "income"}
    for path, row in rows.items():
        answer = await owner.call("PUT", f"/cabinets/{cabinet_id}/{path}", json={"rows": [row]})
        assert answer.status_code == 200, answer.text

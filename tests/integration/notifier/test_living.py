"""One message per order: edited while it can be, sent anew where it cannot, and never told an older state."""

import asyncio
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from contracts.envelope import Event
from contracts.orders import OrderLife
from notifier.deliveries.enqueue import Notice, enqueue
from notifier.deliveries.sender import Sender
from servicekit.db import Database
from support.eventually import eventually
from support.notifying import orders_reported, reported
from support.photo_host import PhotoHost
from support.rows import rows
from tgsim.running import RunningTgsim

SRID = "one-order"


class Tells:
    """Adds deliveries of one order's thread, as kinds of orders do."""

    def __init__(self, database: Database, cabinet_id: UUID) -> None:
        self._database = database
        self._cabinet_id = cabinet_id
        self._revision = 0

    async def __call__(self, kind: Any = "order_new", *, only_edits: bool = False, **order: Any) -> None:
        self._revision += 1
        told = reported(self._cabinet_id, srid=SRID, revision=self._revision, **order)
        life = OrderLife(state="cancelled" if told.order.is_cancel else "open", ordered_at=told.order.ordered_at)
        told = told.model_copy(update={"life": life})
        event: Event[Any] = orders_reported(self._cabinet_id, told)
        notice = Notice(
            kind,
            f"order/{SRID}/{self._revision}/{kind}",
            told.model_dump_json(),
            thread=f"order/{SRID}",
            only_edits=only_edits,
        )
        async with self._database.transaction() as connection:
            await enqueue(connection, event, [notice])


@pytest.fixture
def tell(notifier_db: Database, cabinet_id: UUID) -> Tells:
    return Tells(notifier_db, cabinet_id)


async def drained(database: Database, sender: Sender) -> None:
    """Claim and send until nothing is open."""

    async def is_empty() -> bool:
        await sender.claim_due()
        await sender.idle()
        await sender.record_ended()
        found = await rows(database, "SELECT count(*) AS n FROM deliveries WHERE status IN ('pending', 'sending')")
        return bool(found[0]["n"] == 0)

    await eventually(is_empty)


async def statuses(database: Database) -> list[tuple[str, str | None]]:
    found = await rows(database, "SELECT status, reason FROM deliveries ORDER BY created_at")
    return [(row["status"], row["reason"]) for row in found]


async def age(database: Database, hours: int) -> None:
    """Let all messages be so old."""
    async with database.transaction() as connection:
        await connection.exec_driver_sql(f"UPDATE messages SET sent_at = sent_at - interval '{hours} hours'")


async def test_what_becomes_of_an_order_is_written_over_its_message(
    notifier_db: Database, tell: Tells, sender: Sender, tgsim: RunningTgsim
) -> None:
    await tell()
    await drained(notifier_db, sender)
    await tell("order_cancelled", is_cancel=True, change="cancelled")
    await drained(notifier_db, sender)
    (message,) = tgsim.messages()
    assert "Отмена" in message["text"]
    assert "Новый заказ" in message["earlier_versions"][0]["text"]
    assert message["buttons"]
    assert await rows(notifier_db, "SELECT DISTINCT message_id FROM deliveries") == [
        {"message_id": str(message["message_id"])}
    ]


async def test_a_message_with_a_photo_keeps_it(
    notifier_db: Database, tell: Tells, sender: Sender, tgsim: RunningTgsim, photo_host: PhotoHost
) -> None:
    url = photo_host.url("hoodie.png")
    await tell(photo=url)
    await drained(notifier_db, sender)
    await tell("order_cancelled", photo=url, is_cancel=True, change="cancelled")
    await drained(notifier_db, sender)
    (message,) = tgsim.messages()
    assert (message["method"], bool(message["photo"])) == ("editMessageCaption", True)


@pytest.mark.parametrize("deleted", [True, False], ids=["deleted", "too old"])
async def test_a_new_message_where_the_old_one_cannot_be_edited(
    notifier_db: Database, tell: Tells, sender: Sender, tgsim: RunningTgsim, deleted: bool
) -> None:
    await tell()
    await drained(notifier_db, sender)
    if deleted:
        tgsim.add_fault(
            kind="status", status=400, description="Bad Request: message to edit not found", method="editMessageText"
        )
    else:
        await age(notifier_db, 49)
    await tell("order_cancelled", is_cancel=True, change="cancelled")
    await drained(notifier_db, sender)
    first, second = tgsim.messages()
    assert "Новый заказ" in first["text"]
    assert "Отмена" in second["text"]
    # What comes next edits the new one.
    await tell("order_changed", warehouse_name="Электросталь", change="changed")
    await drained(notifier_db, sender)
    assert len(tgsim.messages()) == 2
    assert (await rows(notifier_db, "SELECT message_id FROM messages")) == [{"message_id": str(second["message_id"])}]


async def test_what_only_completes_a_message_never_makes_one(
    notifier_db: Database, tell: Tells, sender: Sender, tgsim: RunningTgsim
) -> None:
    await tell("order_priced", only_edits=True)
    await drained(notifier_db, sender)
    assert tgsim.messages() == []
    assert await statuses(notifier_db) == [("dropped", "nothing_to_edit")]


@pytest.mark.parametrize("kind", ["order_new", "order_first"])
async def test_an_amount_that_comes_leaves_the_head_as_it_was(
    notifier_db: Database, tell: Tells, sender: Sender, tgsim: RunningTgsim, kind: str
) -> None:
    await tell(kind, finished_price=None)
    await drained(notifier_db, sender)
    for _ in range(2):
        await tell("order_priced", only_edits=True, finished_price=Decimal("1135.00"))
        await drained(notifier_db, sender)
    (message,) = tgsim.messages()
    told, first = message["text"], message["earlier_versions"][0]["text"]
    assert told.splitlines()[0] == first.splitlines()[0]
    assert "покупатель платит" in told
    assert "покупатель платит" not in first
    # The button asks why by the newest of them: it was told because of the order.
    found = await rows(notifier_db, "SELECT kind, told_as FROM deliveries ORDER BY created_at")
    assert [(row["kind"], row["told_as"]) for row in found] == [(kind, kind), *[("order_priced", kind)] * 2]


async def test_what_waited_together_is_one_message_of_the_newest_state(
    notifier_db: Database, tell: Tells, sender: Sender, tgsim: RunningTgsim
) -> None:
    await tell(price_with_disc=None)
    await tell("order_priced", only_edits=True)
    await drained(notifier_db, sender)
    (message,) = tgsim.messages()
    assert "Новый заказ" in message["text"]
    assert "1\u202f494" in message["text"]
    found = await rows(notifier_db, "SELECT id, told_in, status FROM deliveries ORDER BY created_at")
    assert [row["status"] for row in found] == ["delivered", "delivered"]
    assert (found[0]["told_in"], found[1]["told_in"]) == (found[1]["id"], None)


async def test_an_older_state_that_comes_late_is_not_told(
    notifier_db: Database, tell: Tells, sender: Sender, tgsim: RunningTgsim
) -> None:
    await tell()
    await drained(notifier_db, sender)
    await tell("order_changed", warehouse_name="Казань", change="changed")
    async with notifier_db.transaction() as connection:
        await connection.exec_driver_sql(
            "UPDATE deliveries SET next_attempt_at = now() + interval '1 hour' WHERE status = 'pending'"
        )
    await tell("order_cancelled", is_cancel=True, change="cancelled")
    await sender.claim_due()
    await sender.idle()
    await sender.record_ended()
    async with notifier_db.transaction() as connection:
        await connection.exec_driver_sql("UPDATE deliveries SET next_attempt_at = now() WHERE status = 'pending'")
    await drained(notifier_db, sender)
    (message,) = tgsim.messages()
    assert "Отмена" in message["text"]
    assert (await statuses(notifier_db))[1] == ("dropped", "superseded")


async def test_the_second_waits_for_the_first_that_is_on_its_way(
    notifier_db: Database, tell: Tells, sending: Any, tgsim: RunningTgsim
) -> None:
    tgsim.add_fault(kind="slow", seconds=0.7, method="sendMessage")
    async with sending(), sending():
        await tell()
        await asyncio.sleep(0.2)
        await tell("order_cancelled", is_cancel=True, change="cancelled")

        async def both() -> bool:
            return [status for status, _ in await statuses(notifier_db)] == ["delivered"] * 2

        await eventually(both)
    (message,) = tgsim.messages()
    assert "Отмена" in message["text"]


async def test_a_kill_between_an_edit_and_its_record_repeats_nothing(
    notifier_db: Database, tell: Tells, sender: Sender, tgsim: RunningTgsim
) -> None:
    await tell()
    await drained(notifier_db, sender)
    await tell("order_cancelled", is_cancel=True, change="cancelled")
    await sender.claim_due()
    await sender.idle()  # edited, and never recorded: its lease runs out
    async with notifier_db.transaction() as connection:
        await connection.exec_driver_sql("UPDATE deliveries SET next_attempt_at = now() WHERE status = 'sending'")
        await connection.exec_driver_sql("UPDATE receivers SET due_at = now()")
    sender._ended.clear()
    sender._held.clear()
    await drained(notifier_db, sender)
    (message,) = tgsim.messages()
    assert len(message["earlier_versions"]) == 1
    assert [status for status, _ in await statuses(notifier_db)] == ["delivered"] * 2


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 429, "retry_after": 1},
        {"kind": "status", "status": 400, "description": "Bad Request: message is not modified: nothing changed"},
        {"kind": "status", "status": 400, "description": "Bad Request: can't parse entities: never heard of"},
        {"kind": "status", "status": 400, "description": "Bad Request: BUTTON_DATA_INVALID"},
        {"kind": "status", "status": 400, "description": "Bad Request: there is no text in the message to edit"},
        {"kind": "status", "status": 400, "description": "Bad Request: something new"},
        {"kind": "page", "status": 502},
        {"kind": "cut_after_accept"},
    ],
    ids=lambda fault: str(fault.get("description", fault["kind"])),
)
@pytest.mark.usefixtures("at_once")
async def test_whatever_telegram_answers_an_edit_it_arrives_once(
    notifier_db: Database, tell: Tells, sender: Sender, tgsim: RunningTgsim, fault: dict[str, Any]
) -> None:
    await tell()
    await drained(notifier_db, sender)
    tgsim.add_fault(method="editMessageText", **fault)
    await tell("order_cancelled", is_cancel=True, change="cancelled")
    await drained(notifier_db, sender)
    is_same = "not modified" in fault.get("description", "")
    (message,) = tgsim.messages()
    assert ("Отмена" in message["text"]) is not is_same
    assert [status for status, _ in await statuses(notifier_db)] == ["delivered"] * 2
    assert tgsim.stats()["early_sends"] == 0


@pytest.mark.usefixtures("at_once")
async def test_what_telegram_refuses_to_edit_twice_for_a_reason_nobody_knows_is_sent_anew(
    notifier_db: Database, tell: Tells, sender: Sender, tgsim: RunningTgsim
) -> None:
    await tell()
    await drained(notifier_db, sender)
    tgsim.add_fault(method="editMessageText", kind="status", status=400, description="Bad Request: new", times=2)
    await tell("order_cancelled", is_cancel=True, change="cancelled")
    await drained(notifier_db, sender)
    first, second = tgsim.messages()
    assert "Новый заказ" in first["text"]
    assert "Отмена" in second["text"]
    assert [status for status, _ in await statuses(notifier_db)] == ["delivered"] * 2

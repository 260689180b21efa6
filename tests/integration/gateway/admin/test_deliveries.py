"""An administrator sees messages that were given up, and has them sent after all."""

from typing import Any
from uuid import uuid4

import pytest
from contracts.notifications import NotificationRetryRequestedV1
from contracts.topics import NOTIFIER_ENTERED
from notifier.handlers.notification_retry_requested import notification_retry_requested
from servicekit.consume import handle_once
from servicekit.db import Database
from support.administration import Admin, deliver
from support.gateway import User
from support.outbox_rows import published
from support.rows import rows


async def test_what_failed_is_listed_and_sent_after_all_and_no_other(
    admin: Admin, alice: User, notifier_db: Database
) -> None:
    cabinet_id = await alice.connect()
    failed, other = [await deliver(notifier_db, cabinet_id, status="failed", minutes_ago=n) for n in range(2)]
    [listed, _] = (await admin.get("deliveries", filter={"status": "failed"})).json()
    assert listed["id"] == f"{cabinet_id}~{failed}"
    answers = [await admin.call("POST", f"deliveries/{listed['id']}/retry") for _ in range(2)]
    assert [(answer.status_code, answer.json()) for answer in answers] == [(202, listed)] * 2
    events = await published(admin.gateway.database, "notification.retry_requested.v1")
    assert [event.data.requested_by.startswith("key ") for event in events] == [True, True]
    handlers: dict[type[Any], Any] = {NotificationRetryRequestedV1: notification_retry_requested}
    await handle_once(notifier_db, NOTIFIER_ENTERED, handlers, events[0])
    again = (await admin.get(f"deliveries/{listed['id']}")).json()
    assert (again["status"], again["failures"], again["finished_at"]) == ("pending", 0, None)
    due = await rows(notifier_db, "SELECT recipient FROM receivers WHERE due_at <= clock_timestamp()")
    assert due == [{"recipient": "7"}]
    assert (await admin.get(f"deliveries/{cabinet_id}~{other}")).json()["status"] == "failed"
    answer = await admin.call("POST", f"deliveries/{listed['id']}/retry")
    assert (answer.status_code, answer.json()["code"]) == (409, "delivery_not_failed")
    await handle_once(notifier_db, NOTIFIER_ENTERED, handlers, events[1])
    assert (await admin.get(f"deliveries/{listed['id']}")).json() == again


@pytest.mark.parametrize("status", ["delivered", "dropped", "held", "pending", "sending"])
async def test_one_in_any_other_state_is_shown_and_not_sent_again(
    admin: Admin, alice: User, notifier_db: Database, status: str
) -> None:
    cabinet_id = await alice.connect()
    record_id = f"{cabinet_id}~{await deliver(notifier_db, cabinet_id, status=status)}"
    [listed] = (await admin.get("deliveries")).json()
    assert (listed["id"], listed["status"]) == (record_id, status)
    answer = await admin.call("POST", f"deliveries/{record_id}/retry")
    assert (answer.status_code, answer.json()["code"]) == (409, "delivery_not_failed")
    assert await published(admin.gateway.database, "notification.retry_requested.v1") == []


async def test_one_that_is_not_there_is_not_sent(admin: Admin, alice: User) -> None:
    for record_id in (f"{await alice.connect()}~{uuid4()}", str(uuid4()), "%00"):
        answer = await admin.call("POST", f"deliveries/{record_id}/retry")
        assert (answer.status_code, answer.json()["code"]) == (404, "record_not_found")

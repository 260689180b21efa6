"""What Telegram refuses a part of is sent without that part, and nothing is blamed for another's fault."""

from typing import Any
from uuid import UUID

import pytest
from servicekit.db import Database
from support.eventually import eventually
from support.notifying import orders_reported, reported
from support.photo_host import PhotoHost
from support.rows import count, rows
from tgsim.running import RunningTgsim


async def delivered(database: Database, deliveries: int) -> None:
    async def have() -> bool:
        statement = "SELECT count(*) AS n FROM deliveries WHERE status = 'delivered'"
        return bool((await rows(database, statement))[0]["n"] == deliveries)

    await eventually(have)


@pytest.mark.parametrize("refusal", ["no_photos", "caption_too_long", "unheard_of_photo"])
async def test_a_photo_refused_in_one_chat_is_sent_to_the_others(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, photo_host: PhotoHost, cabinet_id: UUID,
    refusal: str,
) -> None:  # fmt: skip
    url = photo_host.url("hoodie.png")
    tgsim.add_fault(kind="refusal", refusal=refusal, times=2)
    async with sending():
        for number in range(1, 4):
            await handle(orders_reported(cabinet_id, reported(cabinet_id, photo=url)))
            await delivered(notifier_db, number)
    methods = [message["method"] for message in tgsim.messages()]
    assert methods == ["sendMessage", "sendMessage", "sendPhoto"]
    assert [message["buttons"] != [] for message in tgsim.messages()] == [True] * 3
    assert await rows(notifier_db, "SELECT DISTINCT failures FROM deliveries") == [{"failures": 0}]


@pytest.mark.parametrize("refusal", ["photo_invalid_dimensions", "image_process_failed"])
async def test_a_photo_refused_for_itself_is_not_tried_again_so_soon(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, photo_host: PhotoHost, cabinet_id: UUID,
    refusal: str,
) -> None:  # fmt: skip
    url = photo_host.url("hoodie.png")
    tgsim.add_fault(kind="refusal", refusal=refusal)
    async with sending():
        for number in range(1, 3):
            await handle(orders_reported(cabinet_id, reported(cabinet_id, photo=url)))
            await delivered(notifier_db, number)
    assert [message["method"] for message in tgsim.messages()] == ["sendMessage"] * 2


@pytest.mark.parametrize("refusal", ["wrong_file_identifier", "remote_file_identifier"])
async def test_an_id_that_is_refused_is_uploaded_anew(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, photo_host: PhotoHost, cabinet_id: UUID,
    refusal: str,
) -> None:  # fmt: skip
    url = photo_host.url("hoodie.png")
    async with sending():
        for number in range(1, 3):
            await handle(orders_reported(cabinet_id, reported(cabinet_id, photo=url)))
            await delivered(notifier_db, number)
            tgsim.add_fault(kind="refusal", refusal=refusal)
    assert [message["method"] for message in tgsim.messages()] == ["sendPhoto"] * 2
    assert photo_host.fetched == {"hoodie.png": 2}


@pytest.mark.parametrize("refusal", ["button_url_invalid", "button_type_invalid"])
async def test_a_button_that_is_refused_goes_and_the_photo_stays(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, photo_host: PhotoHost, cabinet_id: UUID,
    refusal: str,
) -> None:  # fmt: skip
    tgsim.add_fault(kind="refusal", refusal=refusal, times=99)
    async with sending():
        await handle(orders_reported(cabinet_id, reported(cabinet_id, photo=photo_host.url("hoodie.png"))))
        await delivered(notifier_db, 1)
    (message,) = tgsim.messages()
    assert (message["method"], message["buttons"]) == ("sendPhoto", [])
    assert await count(notifier_db, "photos") == 1


async def test_tags_that_are_refused_go_and_the_words_stay(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
) -> None:
    tgsim.add_fault(kind="refusal", refusal="cant_parse_entities", times=99)
    async with sending():
        await handle(orders_reported(cabinet_id, reported(cabinet_id, warehouse_name="1 < 2")))
        await delivered(notifier_db, 1)
    (message,) = tgsim.messages()
    assert "Новый заказ" in message["text"]
    assert "<b>" not in message["text"]
    assert "1 < 2" in message["text"]


async def test_a_group_that_became_a_supergroup_is_followed_for_good(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
) -> None:
    tgsim.add_fault(kind="refusal", refusal="upgraded", chat_id=7, migrate_to_chat_id=-1007, times=99)
    async with sending():
        for number in range(1, 3):
            await handle(orders_reported(cabinet_id))
            await delivered(notifier_db, number)
    assert [message["chat_id"] for message in tgsim.messages()] == [-1007, -1007]
    assert tgsim.stats()["faults"] == {"refusal": 1}
    assert await rows(notifier_db, "SELECT telegram_id FROM members") == [{"telegram_id": -1007}]


@pytest.mark.usefixtures("at_once")
async def test_a_proxys_refusal_is_no_verdict_of_telegram(
    notifier_db: Database, handle: Any, sending: Any, tgsim: RunningTgsim, cabinet_id: UUID
) -> None:
    tgsim.add_fault(kind="page", status=403, times=2)
    async with sending():
        await handle(orders_reported(cabinet_id))
        await delivered(notifier_db, 1)
    attempts = await rows(notifier_db, "SELECT outcome FROM delivery_attempts ORDER BY attempt")
    assert [row["outcome"] for row in attempts] == ["unavailable", "unavailable", "delivered"]

"""Targets: who is told beside the members' own chats, in whatever order events about them come."""

from typing import Any
from uuid import UUID

import pytest
from notifier.settings import Settings
from notifier.targets import NotEntered
from servicekit.db import Database
from support.eventually import eventually
from support.notifying import members_changed, orders_reported
from support.rows import rows
from support.targets import EnteredTarget, an_email, enter_target, hear_targets
from tgsim.running import RunningTgsim

GROUP = -100_500

_TOLD = """
SELECT channel, recipient, kind, status FROM deliveries WHERE kind LIKE 'order%' ORDER BY channel, recipient, created_at
"""


async def told(db: Database) -> list[tuple[str, str, str]]:
    return [(row["channel"], row["recipient"], row["kind"]) for row in await rows(db, _TOLD)]


class TestWhoIsTold:
    async def test_targets_are_told_of_their_user_s_cabinets_once_each(
        self, notifier_db: Database, handle: Any, cabinet_id: UUID, settings: Settings
    ) -> None:
        keys = settings.seal_private_keys
        mail = await enter_target(notifier_db, 7, "email", keys, an_email())
        others: dict[str, dict[str, Any]] = {
            "another's cabinet": {"cabinets": (UUID(int=5),)},
            "unconfirmed": {"state": "unconfirmed"},
        }
        for fields in others.values():
            await enter_target(notifier_db, 7, "email", keys, an_email(), **fields)
        await enter_target(notifier_db, 8, "email", keys, an_email())  # no member
        for user, topic in ((7, None), (7, 4), (9, None)):
            await enter_target(notifier_db, user, "telegram", keys, None, chat_id=GROUP, topic_id=topic)
        await handle(members_changed(cabinet_id, 7, 9))
        await handle(orders_reported(cabinet_id))
        assert await told(notifier_db) == [
            ("email", mail.recipient, "order_new"),
            ("telegram", str(GROUP), "order_new"),
            ("telegram", f"{GROUP}/4", "order_new"),
            ("telegram", "7", "order_new"),
            ("telegram", "9", "order_new"),
        ]

    async def test_the_newest_state_counts_whatever_order_it_comes_in(
        self, notifier_db: Database, handle: Any, cabinet_id: UUID, settings: Settings
    ) -> None:
        mail = EnteredTarget(7, "email", settings.seal_private_keys, an_email())
        first, second = mail.entered(), mail.entered(label="newer")
        gone = EnteredTarget(7, "email", settings.seal_private_keys, an_email())
        await hear_targets(notifier_db, second, first, gone.removed(), gone.entered())
        found = await rows(
            notifier_db, "SELECT label, sealed_address IS NULL AS is_forgotten FROM targets ORDER BY label"
        )
        assert [(row["label"], row["is_forgotten"]) for row in found] == [("", True), ("newer", False)]
        await handle(orders_reported(cabinet_id))
        assert [recipient for channel, recipient, _ in await told(notifier_db) if channel == "email"] == [
            mail.recipient
        ]


class TestItsOwnMessages:
    async def test_a_code_and_a_test_need_no_cabinet(self, notifier_db: Database, settings: Settings) -> None:
        mail = EnteredTarget(70, "email", settings.seal_private_keys, an_email(), state="unconfirmed")
        await hear_targets(notifier_db, mail.code_sent("048213"), mail.entered(state="active"), mail.tested())
        found = await rows(notifier_db, "SELECT kind, channel, payload FROM deliveries ORDER BY created_at")
        assert [(row["kind"], row["channel"]) for row in found] == [
            ("target_confirmation", "email"),
            ("target_test", "email"),
        ]
        assert "048213" not in str(found)

    async def test_a_test_waits_for_the_state_that_it_follows(self, notifier_db: Database, settings: Settings) -> None:
        mail = EnteredTarget(70, "email", settings.seal_private_keys, an_email())
        with pytest.raises(NotEntered):
            await hear_targets(notifier_db, mail.tested())
        assert await told(notifier_db) == []


class TestGroups:
    async def test_a_topic_is_told_and_a_removed_group_is_not(
        self,
        notifier_db: Database,
        handle: Any,
        cabinet_id: UUID,
        settings: Settings,
        sending: Any,
        tgsim: RunningTgsim,
    ) -> None:
        await enter_target(notifier_db, 7, "telegram", None, None, chat_id=GROUP)
        removed = await enter_target(notifier_db, 7, "telegram", None, None, chat_id=GROUP - 1)
        await handle(orders_reported(cabinet_id))
        await hear_targets(notifier_db, removed.removed())
        async with sending():
            await eventually(lambda: _all_ended(notifier_db))
        ended = {row["recipient"]: row["status"] for row in await rows(notifier_db, _TOLD)}
        assert ended == {"7": "delivered", str(GROUP): "delivered", str(GROUP - 1): "dropped"}
        assert {message["chat_id"] for message in tgsim.messages()} == {7, GROUP}

    async def test_who_left_is_told_nothing_more_in_his_group(
        self, notifier_db: Database, handle: Any, cabinet_id: UUID, sending: Any, tgsim: RunningTgsim
    ) -> None:
        await enter_target(notifier_db, 7, "telegram", None, None, chat_id=GROUP)
        await handle(orders_reported(cabinet_id), members_changed(cabinet_id, 9))
        async with sending():
            await eventually(lambda: _all_ended(notifier_db))
        assert tgsim.messages(chat_id=GROUP) == []

    async def test_a_group_that_became_a_supergroup_is_followed_with_its_topics(
        self, notifier_db: Database, handle: Any, cabinet_id: UUID, sending: Any, tgsim: RunningTgsim
    ) -> None:
        for chat_id in (-5, -55):
            await enter_target(notifier_db, 7, "telegram", None, None, chat_id=chat_id)
        await enter_target(notifier_db, 70, "telegram", None, None, chat_id=-5, topic_id=12)
        tgsim.add_fault(kind="refusal", refusal="upgraded", chat_id=-5, migrate_to_chat_id=-100_777, times=99)
        for _ in range(2):  # what comes later goes to the new id at once
            await handle(orders_reported(cabinet_id))
            async with sending():
                await eventually(lambda: _all_ended(notifier_db))
        found = await rows(notifier_db, "SELECT recipient FROM targets")
        assert sorted(row["recipient"] for row in found) == ["-100777", "-100777/12", "-55"]
        assert sorted(message["chat_id"] for message in tgsim.messages()) == sorted(2 * [7, -55, -100_777])


async def _all_ended(db: Database) -> bool:
    return not await rows(db, "SELECT id FROM deliveries WHERE status IN ('pending', 'sending')")

"""Which events of others become messages, of whom, and which only write over one."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.alerts import AlertsRaisedV1, AlertsResolvedV1, AlertsUpdatedV1
from contracts.digests import DigestKind, DigestPreparedV1
from contracts.envelope import Origin
from contracts.products import ProductsUpdatedV1
from contracts.wb_commands import UNRESOLVED
from notifier.kinds.sync_done import preview as synced
from notifier.messages.answers import sample_command
from notifier.messages.sample_alert import sample_alerts
from notifier.messages.sample_card import sample_card
from notifier.messages.sample_digest import sample_digest
from servicekit.db import Database
from servicekit.events import new_event
from support.notifying import members_changed
from support.rows import rows


async def told(database: Database) -> list[tuple[str, str | None, bool]]:
    """Kind, thread, and whether it only edits, in the order in which they were added."""
    found = await rows(
        database,
        "SELECT kind, thread, only_edits FROM deliveries WHERE channel = 'telegram' ORDER BY created_at, subject",
    )
    return [(row["kind"], row["thread"], row["only_edits"]) for row in found]


class TestAlerts:
    async def test_one_is_a_thread_that_is_told_updated_and_ended(
        self, notifier_db: Database, handle: Any, cabinet_id: UUID
    ) -> None:
        alert, _ = sample_alerts("running_out", {})
        worse = alert.model_copy(update={"revision": 2})
        critical = alert.model_copy(update={"revision": 3, "severity": "critical"})
        over = alert.model_copy(update={"revision": 4, "resolved_at": alert.raised_at, "severity": "critical"})
        for data in (
            AlertsRaisedV1(alerts=(alert,)),
            AlertsUpdatedV1(alerts=(worse,)),
            AlertsUpdatedV1(alerts=(critical,)),
            AlertsResolvedV1(alerts=(over,)),
        ):
            event = new_event(data, cabinet_id=cabinet_id)
            await handle(event, event)
        thread = f"alert/{alert.alert_id}/1"
        assert await told(notifier_db) == [("running_out", thread, edits) for edits in (False, True, False, True)]

    @pytest.mark.parametrize("origin", [Origin.BACKFILL, Origin.REPLAY])
    async def test_what_was_not_raised_live_is_told_to_nobody(
        self, notifier_db: Database, handle: Any, cabinet_id: UUID, origin: Origin
    ) -> None:
        alert, _ = sample_alerts("running_out", {})
        await handle(new_event(AlertsRaisedV1(alerts=(alert,)), cabinet_id=cabinet_id, origin=origin))
        before = alert.model_copy(update={"raised_by": origin, "revision": 2})
        await handle(new_event(AlertsUpdatedV1(alerts=(before,)), cabinet_id=cabinet_id))
        assert await told(notifier_db) == []

    async def test_a_rule_that_nobody_knows_and_the_end_of_what_happened_once_are_told_to_nobody(
        self, notifier_db: Database, handle: Any, cabinet_id: UUID
    ) -> None:
        [unknown, _], [priced, _] = sample_alerts("of_tomorrow", {}), sample_alerts("price_changed", {})
        await handle(new_event(AlertsRaisedV1(alerts=(unknown,)), cabinet_id=cabinet_id))
        await handle(new_event(AlertsResolvedV1(alerts=(priced,)), cabinet_id=cabinet_id))
        assert await told(notifier_db) == []


async def test_a_digest_is_told_once_and_later_revisions_write_over_it(
    notifier_db: Database, handle: Any, cabinet_id: UUID
) -> None:
    first = sample_digest(DigestKind.WEEK)
    for revision in (1, 2, 1):
        data: DigestPreparedV1 = first.model_copy(update={"revision": revision})
        await handle(new_event(data, cabinet_id=cabinet_id))
    thread = f"digest/week/{first.first_day}"
    assert await told(notifier_db) == [("digest_week", thread, False), ("digest_week", thread, True)]


async def test_who_comes_and_goes_is_told_to_members_but_not_who_came_with_the_cabinet(
    notifier_db: Database, handle: Any, cabinet_id: UUID
) -> None:
    await handle(members_changed(cabinet_id, 7, 8))
    await handle(members_changed(cabinet_id, 7))
    found = await rows(
        notifier_db,
        "SELECT kind, recipient, payload ->> 'members' AS members FROM deliveries ORDER BY created_at, recipient",
    )
    assert [(row["kind"], row["recipient"], row["members"]) for row in found] == [
        ("member_joined", "7", "2"),
        ("member_left", "7", "1"),
    ]


async def test_ends_of_answers_and_of_syncs_that_were_asked_for_are_told(
    notifier_db: Database, handle: Any, cabinet_id: UUID
) -> None:
    (sync,) = synced()
    commands = [
        sample_command("sent"),
        sample_command("confirmed"),
        sample_command("refused", code="x").model_copy(update={"command_id": uuid4()}),
        sample_command("sent", code=UNRESOLVED).model_copy(update={"command_id": uuid4()}),
        sample_command("cancelled", code="x").model_copy(update={"command_id": uuid4()}),
        sample_command("confirmed").model_copy(update={"kind": "of_tomorrow", "command_id": uuid4()}),
    ]
    for data in (*commands, sync, sync.model_copy(update={"sync_id": None})):
        await handle(new_event(data, cabinet_id=cabinet_id))
    kinds = [kind for kind, _, _ in await told(notifier_db)]
    assert kinds == ["answer_published", "answer_refused", "answer_refused", "sync_done"]


async def test_cards_that_are_hidden_or_read_otherwise_are_told_once_and_whatever_else_changes_to_nobody(
    notifier_db: Database, handle: Any, cabinet_id: UUID
) -> None:
    cards = (
        sample_card({"is_listed": True}, is_listed=False),
        sample_card({"photo": "https://a.example/1.webp", "title": "Худи"}, photo=None),
        sample_card({"is_listed": False}),
        sample_card({"photo": None}, photo="https://a.example/1.webp"),
        sample_card({"title": "Худи"}),
        sample_card({"photo": "https://a.example/1.webp", "length": "3"}, photo="https://a.example/2.webp"),
        sample_card({"title": " Худи оверсайз с начёсом,  графит"}),
        sample_card({}, change="new"),
    )
    data = ProductsUpdatedV1(
        products=tuple(card.model_copy(update={"nm_id": nm_id}) for nm_id, card in enumerate(cards, 1))
    )
    await handle(new_event(data, cabinet_id=cabinet_id, origin=Origin.BACKFILL))
    assert await told(notifier_db) == []
    await handle(new_event(data, cabinet_id=cabinet_id), new_event(data, cabinet_id=cabinet_id))
    found = await rows(notifier_db, "SELECT kind, nm_id FROM deliveries ORDER BY nm_id")
    hidden, changed = {1, 2}, {3, 4, 5}
    assert {row["nm_id"] for row in found if row["kind"] == "card_hidden"} == hidden
    assert {row["nm_id"] for row in found if row["kind"] == "card_changed"} == changed
    assert len(found) == len(hidden | changed)

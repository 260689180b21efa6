"""The table of kinds of messages: it and its literal say the same."""

from typing import get_args

from contracts.message_kinds import KINDS, TOLD_TO_PEOPLE, TOLD_TO_PROGRAMS, EndpointKind, webhook_type
from contracts.webhooks import EVENT_TYPES


def test_every_kind_is_in_the_table_once_and_has_a_name_for_webhooks_of_its_own() -> None:
    assert tuple(KINDS) == TOLD_TO_PEOPLE
    assert len({kind.webhook_type for kind in KINDS.values()}) == len(KINDS)
    assert all(kind.ru and kind.en and kind.ru != kind.en for kind in KINDS.values())
    assert {kind.webhook_type for kind in KINDS.values() if not kind.for_people_only} < set(EVENT_TYPES)
    assert set(TOLD_TO_PEOPLE) - set(TOLD_TO_PROGRAMS) == {*get_args(EndpointKind), "target_ended"}


def test_names_for_webhooks_that_were_given_stay_as_they_are() -> None:
    given = (
        "order_new order_changed order_cancelled cabinet_suspended cabinet_resumed scope_refused scope_restored "
        "token_expiring data_delayed data_recovered sync_failed webhook_failing webhook_recovered webhook_paused"
    )
    assert [webhook_type(kind) for kind in given.split()] == [kind.replace("_", ".", 1) for kind in given.split()]


def test_a_kind_that_is_an_amount_has_one() -> None:
    assert {kind.name for kind in KINDS.values() if kind.above is not None} == {"order_big"}
    assert all(kind.has_amount for kind in KINDS.values() if kind.above is not None)

"""How WB's methods fare, as one process sees it."""

from uuid import uuid4

import pytest
from ingestor.wb.errors import (
    BadRequest,
    MethodSwitchedOff,
    MustWait,
    PaymentRequired,
    RateLimited,
    ScopeRefused,
    TokenRejected,
    Unavailable,
    WbError,
)
from ingestor.wb.health import Health

A, B = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Unavailable("503"), "down"),
        (MethodSwitchedOff("404"), "switched_off"),
        (BadRequest("400: field required"), "refused"),
    ],
)
def test_what_no_seller_is_answered_is_noted_and_forgotten_with_the_next_answer(error: WbError, reason: str) -> None:
    health = Health()
    health.failed("orders", A, error)
    assert not health.fails_for_all("orders"), "one seller says nothing of others"
    health.failed("orders", B, error)
    health.failed("orders", uuid4(), error)
    assert health.fails_for_all("orders")
    [(method, fared)] = health.drain()
    assert (method, fared.answered, fared.failures, len(fared.sellers)) == ("orders", False, 3, 2)
    assert (fared.reason, fared.error) == (reason, str(error))
    assert fared.failing_since is not None
    assert list(health.drain()) == [], "noted once"
    assert health.fails_for_all("orders"), "though it is noted"
    health.answered("orders")
    assert not health.fails_for_all("orders")
    [(_, fared)] = health.drain()
    assert (fared.answered, fared.failures, fared.failing_since) == (True, 0, None)


def test_a_method_that_was_never_called_is_not_known() -> None:
    assert not Health().fails_for_all("orders")


@pytest.mark.parametrize(
    "error",
    [TokenRejected("401"), PaymentRequired("402"), ScopeRefused("403"), RateLimited("429", 1), MustWait("no call", 1)],
)
def test_what_is_about_a_token_or_its_limits_says_nothing_of_a_method(error: WbError) -> None:
    health = Health()
    health.failed("orders", A, error)
    assert list(health.drain()) == []


def test_what_could_not_be_noted_is_noted_the_next_time_unless_it_was_answered_since() -> None:
    health = Health()
    health.failed("orders", A, Unavailable("503"))
    health.failed("sales", A, Unavailable("503"))
    health.answered("stocks")
    drained = dict(health.drain())
    health.failed("orders", B, Unavailable("503"))
    health.answered("sales")
    health.give_back(drained)
    again = {method: (fared.answered, fared.failures) for method, fared in health.drain()}
    assert again == {"orders": (False, 2), "sales": (True, 0), "stocks": (True, 0)}

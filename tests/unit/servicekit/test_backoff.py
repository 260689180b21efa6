"""Waits after failures."""

import pytest
from servicekit.backoff import backoff_seconds, jittered


@pytest.mark.parametrize(("failures", "full"), [(0, 2), (1, 2), (2, 4), (4, 16), (5, 30), (1_000_000, 30)])
def test_the_wait_doubles_up_to_the_longest(failures: int, full: float) -> None:
    waits = [backoff_seconds(failures, first=2, longest=30, least=0.5) for _ in range(200)]
    assert full / 2 <= min(waits) < max(waits) <= full


def test_what_failed_together_does_not_return_together() -> None:
    waits = {jittered(10, 0.8, 1.2) for _ in range(200)}
    assert len(waits) > 190
    assert 8 <= min(waits) < 10 < max(waits) <= 12

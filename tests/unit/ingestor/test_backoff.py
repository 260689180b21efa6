"""Back-off after failures."""

from ingestor.backoff import backoff_seconds


def test_it_doubles_from_a_second_to_five_minutes_with_jitter() -> None:
    for failures, ceiling in ((0, 1), (1, 1), (2, 2), (5, 16), (9, 256), (10, 300), (10_000, 300)):
        waits = [backoff_seconds(failures) for _ in range(50)]
        assert all(ceiling / 2 <= wait <= ceiling for wait in waits)
        assert len(set(waits)) > 1

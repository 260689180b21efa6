"""The short version of `make recovery-drill`: everything is destroyed, and comes back as it was."""

from pathlib import Path

import pytest
from recovery.drill import Sizes, run_drill, table

SHORT = Sizes(
    history_orders=30,
    rate=10,
    before_seconds=2,
    archived_seconds=2,
    unhandled_seconds=2,
    orders_while_down=5,
    after_seconds=2,
    categories=("statistics", "content", "analytics"),
)


@pytest.mark.chaos
@pytest.mark.timeout(420)
def test_what_is_destroyed_comes_back_whole_and_each_change_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "RABBITMQ_URL"):
        monkeypatch.delenv(name, raising=False)
    said: list[str] = []
    outcome = run_drill("recovery-test", SHORT, tmp_path, said.append, lasting=False)
    words = "\n".join([*said, *table(outcome)])
    assert outcome.differing == [], words
    assert len(outcome.tables) > 100
    rows = {each.table: each.before.rows for each in outcome.tables if each.before}
    assert rows["ingestor.orders"] > 30
    assert rows["reporter.order_facts"] > 30
    assert rows["notifier.deliveries"] > 0
    # It was at stake: the broker died with events that the reporter had not handled.
    assert outcome.unhandled > 0
    assert any("reporter.orders" in line for line in outcome.republished), words
    assert (outcome.summary.lost, outcome.summary.duplicates) == (0, 0), words
    assert outcome.summary.changes_at_wb > 40
    assert not any(outcome.doubled_effects.values()), words
    assert outcome.problems == [], words
    assert outcome.is_clean

"""The short version of `make chaos`: every service killed once."""

import pytest
from chaos.kills import run_kills


@pytest.mark.chaos
@pytest.mark.timeout(300)
def test_nothing_is_lost_or_doubled_when_each_service_is_killed() -> None:
    said: list[str] = []
    outcome = run_kills("chaos", changes=300, rate=20, kills_per_service=1, say=said.append)
    assert outcome.lost == [], "\n".join(said)
    assert outcome.changes >= 300
    assert len(outcome.kills) == 4
    assert outcome.effects.by_kind == dict.fromkeys(outcome.effects.by_kind, 0)
    assert outcome.syncs_unfinished == 0
    assert outcome.untraced == []

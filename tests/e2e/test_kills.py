"""The short version of `make chaos PARTS="kills platform"`: every service killed, and some of what else goes wrong."""

from dataclasses import replace
from random import Random

import pytest
from chaos.catalogue import catalogue, drawn, named
from chaos.kills import ALONE
from chaos.whole import FAULTS, run_whole
from local.environments import SERVICES
from local.servers import KINDS

OTHERS = ("poison reporter.orders", "full queue reporter.orders", "cut postgres", "upgrade gateway")


@pytest.mark.chaos
@pytest.mark.timeout(420)
def test_nothing_is_lost_or_doubled_whatever_goes_wrong_with_a_whole_pulse() -> None:
    said: list[str] = []
    faults = named([*(f"kill -9 {service}" for service in SERVICES), *OTHERS])
    sizes = replace(ALONE, history_orders=50, categories=("statistics", "content", "analytics"))
    outcome = run_whole("chaos", faults, changes=300, rate=15, sizes=sizes, rng=Random(1), say=said.append)
    found = outcome.reckoning
    assert (found.lost, found.doubled) == ([], []), "\n".join(said)
    assert found.account.changes >= 300
    assert found.effects.by_kind == dict.fromkeys(found.effects.by_kind, 0)
    assert found.untraced == []
    assert len(outcome.struck) == len(faults)
    # What was poison is where an operator looks for it, and nothing else is; what was repeated was known.
    assert sum(found.dead.values()) == outcome.poisoned > 0
    assert outcome.repeated > 0
    # Sellers asked all the time, and did not notice that the gateway was replaced.
    assert len(outcome.asked.answers) > 100
    assert outcome.failed_while_planned == 0, [answer.problem for answer in outcome.asked.answers if answer.problem]


@pytest.mark.parametrize("seed", range(5))
def test_thirty_faults_are_of_every_kind_and_strike_every_service_and_server(seed: int) -> None:
    faults = drawn(FAULTS, Random(seed))
    assert len(faults) == FAULTS
    assert {fault.kind for fault in faults} == {fault.kind for fault in catalogue()}
    assert {fault.target for fault in faults} >= {*SERVICES, *(kind.name for kind in KINDS)}
    assert drawn(FAULTS, Random(seed))[0].name == faults[0].name

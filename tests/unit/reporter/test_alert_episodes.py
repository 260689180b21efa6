"""An alert is raised once an episode however often its cause is seen, and resolved if and only if its cause is gone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

from contracts.alerts import AlertsRaisedV1, AlertsResolvedV1, AlertsUpdatedV1, Severity
from contracts.envelope import Origin
from hypothesis import given
from hypothesis import strategies as st
from reporter.alerts.engine import Step, settle
from reporter.alerts.rule import Cause, Known
from support.alerting import CABINET, NOW

RULE = "running_out"
SUBJECTS = ("a", "b", "c")


def a_cause(subject: str = "a", *, left: int = 3, raises: bool = True) -> Cause:
    """More than 5 and fewer say something else."""
    severity: Severity = "warning" if left > 5 else "critical"
    return Cause(subject=subject, nm_id=1, severity=severity, figures={"left": left}, raises=raises)


@dataclass
class Shop:
    """The table of alerts, and what was told of them."""

    known: dict[UUID, Known]
    told: list[Step]
    looked: int = 0

    def look(self, causes: Sequence[Cause], origin: Origin = Origin.LIVE) -> list[Step]:
        self.looked += 1
        now = NOW + timedelta(minutes=self.looked)
        steps = settle(CABINET, RULE, self.known.values(), causes, now=now, origin_of=lambda *_: origin)
        self.known.update({step.alert.alert_id: step.alert for step in steps})
        self.told += [step for step in steps if step.told is not None]
        return steps

    def open(self) -> set[str]:
        return {alert.subject for alert in self.known.values() if alert.resolved_at is None}


def a_shop() -> Shop:
    return Shop({}, [])


class TestOneAlert:
    def test_a_cause_is_raised_once_and_again_after_it_was_gone(self) -> None:
        shop = a_shop()
        told = [shop.look(causes) for causes in ([a_cause()], [a_cause()], [], [], [a_cause()])]
        assert [[step.told for step in steps] for steps in told] == [
            [AlertsRaisedV1], [], [AlertsResolvedV1], [], [AlertsRaisedV1],
        ]  # fmt: skip
        assert len({step.alert.alert_id for step in shop.told}) == 1
        assert [step.alert.raised_at for step in shop.told] == [NOW + timedelta(minutes=n) for n in (1, 1, 5)]

    def test_it_is_told_again_where_it_says_something_else_and_else_only_its_figures_move(self) -> None:
        shop = a_shop()
        told = [shop.look([a_cause(left=left)])[0] for left in (9, 8, 4)]
        assert [step.told for step in told] == [AlertsRaisedV1, None, AlertsUpdatedV1]
        assert [step.alert.body["figures"]["left"] for step in told] == [9, 8, 4]
        assert [step.alert.changed_at for step in told] == [NOW + timedelta(minutes=n) for n in (1, 1, 3)]
        assert {step.alert.raised_at for step in told} == {NOW + timedelta(minutes=1)}

    def test_what_only_keeps_open_raises_nothing_and_resolves_nothing(self) -> None:
        shop = a_shop()
        assert shop.look([a_cause(raises=False)]) == []
        shop.look([a_cause()])
        assert shop.look([a_cause(raises=False)]) == []
        assert shop.open() == {"a"}

    def test_it_remembers_what_raised_it(self) -> None:
        shop = a_shop()
        shop.look([a_cause(left=9)], Origin.BACKFILL)
        shop.look([a_cause(left=2)])
        assert [step.alert.raised_by for step in shop.told] == ["backfill", "backfill"]


looks = st.lists(
    st.dictionaries(st.sampled_from(SUBJECTS), st.tuples(st.integers(1, 9), st.booleans()), max_size=3), max_size=12
)


@given(looks)
def test_whatever_comes_and_however_often_what_is_open_has_its_cause(shown: list[dict[str, tuple[int, bool]]]) -> None:
    shop = a_shop()
    for causes in shown:
        before = shop.open()
        given_causes = [a_cause(subject, left=left, raises=raises) for subject, (left, raises) in causes.items()]
        shop.look(given_causes)
        assert shop.open() == {cause.subject for cause in given_causes if cause.raises or cause.subject in before}
        assert shop.look(given_causes) == []  # repeated
        assert shop.look(given_causes[::-1]) == []  # in another order
    for subject in SUBJECTS:
        kinds = [step.told for step in shop.told if step.alert.subject == subject]
        assert kinds[:1] in ([], [AlertsRaisedV1])
        for earlier, later in pairwise(kinds):
            assert (later is AlertsRaisedV1) == (earlier is AlertsResolvedV1)


@given(st.permutations(SUBJECTS), st.permutations(SUBJECTS))
def test_the_order_of_causes_and_alerts_changes_nothing(first: list[str], second: list[str]) -> None:
    one, other = (a_shop() for _ in range(2))
    for shop, order in ((one, first), (other, second)):
        shop.look([a_cause(subject) for subject in order])
        shop.known = {key: shop.known[key] for key in sorted(shop.known, reverse=shop is one)}
        shop.look([])
    assert one.told == other.told
    assert [replace(step.alert, resolved_at=None) for step in one.told[:3]] == [step.alert for step in one.told[:3]]

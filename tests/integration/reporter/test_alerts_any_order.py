"""In whatever order events come, however often, and whenever figures are counted: what is open at the end is the same.

What was told on the way differs, as it has to; but each alert is raised once an episode, and resolved before it is
raised again.
"""

from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.alerts import AlertsRaisedV1, AlertsResolvedV1, AlertsUpdatedV1
from contracts.cabinets import CabinetTokenExpiringV1
from contracts.envelope import Event, Origin
from contracts.feedbacks import ChangedFeedback, FeedbacksUpdatedV1
from contracts.freshness import DataDelayedV1, DataRecoveredV1, DelayedResource, RecoveredResource
from hypothesis import given
from hypothesis import strategies as st
from reporter.tables import metadata
from servicekit.db import Database
from servicekit.events import new_event
from support.databases import forget
from support.fuzzing import stored
from support.outbox_rows import published
from support.reporting import NOON
from support.rows import all_rows

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]

CABINET = UUID(int=1)
TRIED: Counter[str] = Counter()
NAMES = {AlertsRaisedV1: "raised", AlertsUpdatedV1: "updated", AlertsResolvedV1: "resolved"}


@dataclass(frozen=True)
class Telling:
    """What happened, and one way in which it may be told."""

    happened: Sequence[Event[Any]]
    told: Sequence[Event[Any]]
    counted_after: frozenset[int]


def _event(data: Any, hours: int, origin: Origin) -> Event[Any]:
    event = new_event(data, cabinet_id=CABINET, origin=origin)
    return event.model_copy(update={"time": NOON + timedelta(hours=hours)})


@st.composite
def tellings(draw: st.DrawFn) -> Telling:
    happened = []
    for feedback_id in "ab"[: draw(st.integers(0, 2))]:
        for revision in range(1, draw(st.integers(1, 3)) + 1):
            feedback = ChangedFeedback(
                id=feedback_id,
                created_at=NOON - timedelta(days=draw(st.sampled_from((1, 10, 40)))),
                nm_id=draw(st.sampled_from((1, 2))),
                valuation=draw(st.sampled_from((1, 3, 5, None))),
                text=draw(st.sampled_from((None, "Тонкая ткань"))),
                answer_text=draw(st.sampled_from((None, None, "Спасибо"))),
                revision=revision,
                change="new" if revision == 1 else "changed",
            )
            data = FeedbacksUpdatedV1(feedbacks=(feedback,))
            happened.append(_event(data, revision, draw(st.sampled_from(Origin))))
    for hours in range(draw(st.integers(0, 3))):
        late = NOON + timedelta(hours=2 * hours)
        delayed = DelayedResource(resource="orders", last_success_at=late, reason=f"{hours}")
        happened.append(_event(DataDelayedV1(resources=(delayed,)), 2 * hours, Origin.LIVE))
        if draw(st.booleans()):
            recovered = RecoveredResource(resource="orders", delayed_since=late, recovered_at=late + timedelta(hours=1))
            happened.append(_event(DataRecoveredV1(resources=(recovered,)), 2 * hours + 1, Origin.LIVE))
    for hours, days in enumerate((30, 14, 3)[: draw(st.integers(0, 3))]):
        expiring = CabinetTokenExpiringV1(expires_at=NOON + timedelta(days=30), threshold_days=days)
        happened.append(_event(expiring, hours, Origin.LIVE))
    repeats = draw(st.lists(st.sampled_from(happened), max_size=3)) if happened else []
    # Delivered again, and told again by a replay of the log.
    again = [each.model_copy(update={"id": uuid4()}) if draw(st.booleans()) else each for each in repeats]
    told = draw(st.permutations([*happened, *again]))
    counted = draw(st.frozensets(st.integers(0, max(0, len(told) - 1)), max_size=3))
    return Telling(happened, told, counted)


async def forget_everything(database: Database) -> None:
    await forget(database, metadata.tables)


async def open_alerts(database: Database) -> dict[tuple[str, str], Any]:
    return {
        (row["rule"], row["subject"]): (row["severity"], row["nm_id"], row["body"])
        for row in await all_rows(database, "alerts")
        if row["resolved_at"] is None
    }


async def check_what_was_told(database: Database) -> None:
    told: dict[UUID, list[tuple[int, int, str]]] = defaultdict(list)
    for kind, name in NAMES.items():
        for event in await published(database, kind.TYPE):
            for alert in event.data.alerts:
                told[alert.alert_id].append((alert.revision, alert.episode, name))
    rows = {row["alert_id"]: row for row in await all_rows(database, "alerts")}
    assert told.keys() == rows.keys()
    for alert_id, steps in told.items():
        steps.sort()
        assert [revision for revision, _, _ in steps] == list(range(1, len(steps) + 1))
        assert steps[0][1:] == (1, "raised")
        for (_, episode, before), (_, later_episode, after) in pairwise(steps):
            assert (after == "raised") == (before == "resolved") == (later_episode == episode + 1)
        row = rows[alert_id]
        assert (row["revision"], row["episode"]) == steps[-1][:2]
        assert (row["resolved_at"] is not None) == (steps[-1][2] == "resolved")
        TRIED["alerts"] += 1


@pytest.fixture(scope="module", autouse=True)
def tell_how_many() -> Any:
    yield
    print(f"alerts in any order: {dict(TRIED)}")


@given(telling=tellings())
@stored(25)
async def test_what_is_open_at_the_end_is_the_same(
    telling: Telling, fold: Fold, count_stale: CountStale, reporter_db: Database
) -> None:
    TRIED["histories"] += 1
    await forget_everything(reporter_db)
    for n, event in enumerate(telling.told):
        await fold(event)
        if n in telling.counted_after:
            await count_stale()
    await count_stale()
    as_it_came = await open_alerts(reporter_db)
    await check_what_was_told(reporter_db)

    await forget_everything(reporter_db)
    await fold(*telling.happened)
    await count_stale()
    assert await open_alerts(reporter_db) == as_it_came
    assert all(rule in {"bad_review", "review_unanswered", "data_lagging", "token_expiring"} for rule, _ in as_it_came)

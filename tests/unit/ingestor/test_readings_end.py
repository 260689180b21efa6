"""Whatever WB answers, every step of a reading ends it or moves it to where it has not been, and every reading ends.

WB has a few pages here, made of a shop's rows with moments, totals and cursors of its own, and answers any of them.
"""

import json
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingestor.resources import RESOURCES, claims, feedbacks, order_feed, questions
from ingestor.resources.resource import Key, Position, Resource, Seen, Start, Step
from ingestor.sync.keyed_rows import key_rows
from ingestor.sync.page import read
from support.fuzzing import fuzzed
from support.mutations import ONE_ROW, answer_of, items_of, places, put, rows_of_a_shop, written
from support.reading import NOW

PAGE_ROWS = 3
MAX_STEPS = 1_500
"""Days of 90 days, of several moments; everything else takes less."""

MOMENTS = (
    *((NOW - timedelta(minutes=ago)).isoformat(timespec="seconds") for ago in (0, 1, 1_000, 40_000, 120_000)),
    (NOW + timedelta(minutes=2)).isoformat(timespec="seconds"),
    "2099-12-31T23:59:59Z",
    "0001-01-01T00:00:00Z",
    "",
    None,
)
NUMBERS = (None, -1, 0, 1, 2, PAGE_ROWS, 10**6, 2**63 - 1, -(2**63), 2**70)
WAYS = ("the same", "by turns", "any")

_RANDOM = st.randoms(use_true_random=False)


@pytest.fixture(autouse=True)
def _short_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ends a list that never ends by itself comes soon."""
    monkeypatch.setattr(feedbacks, "MAX_SKIP", 30)
    monkeypatch.setattr(questions, "MAX_ROWS", 30)
    monkeypatch.setattr(claims, "MAX_SKIP", 30)
    monkeypatch.setattr(order_feed, "MAX_ROWS", 300)


class Reading:
    """A reading of a resource that notes what it has asked."""

    def __init__(self, resource: Resource, cursor: Position | None, *, sweep: bool) -> None:
        self.resource = resource
        self.position = resource.reading.begin(cursor, Start(NOW, sweep, PAGE_ROWS))
        self.asked: set[str] = set()
        self.keys: set[Key] = set()

    def ask(self) -> bool:
        """Whether there is something to ask, which was not asked before."""
        ids = [each for each in range(1, 120) if each > self.position.get("after", 0)]
        if self.resource.reading.subjects is not None:
            if not ids:
                return False
            self.position = {**self.position, "ids": ids[: self.resource.reading.ids_at_once]}
        # A day of statistics is asked for again for another second of it.
        asked = repr((self.resource.reading.ask(self.position), self.position.get("at")))
        assert asked not in self.asked, f"asked again: {asked}"
        self.asked.add(asked)
        return True

    def take(self, body: bytes) -> Step:
        page = read(self.resource, body)
        keyed = key_rows(self.resource, page.rows, NOW)
        repeated = sum(key in self.keys for key in keyed.keys) if self.resource.storage.when_gone is not None else 0
        self.keys.update(keyed.keys)
        unread = len(keyed.broken)
        rows = keyed.read(page.rows)
        step = self.resource.reading.advance(
            self.position, Seen(rows, keyed.marks, unread, page.after, repeated, len(keyed.keys), NOW)
        )
        assert json.loads(json.dumps(step.position)) == step.position, "a cursor is JSON"
        self.position = step.position
        return step


@fuzzed
@given(_RANDOM)
@pytest.mark.parametrize("name", RESOURCES)
def test_every_step_moves_or_ends(name: str, rng: Random) -> None:
    resource = RESOURCES[name]
    pages = [page_of(name, rng) for _ in range(rng.choice((1, 2, 3)))]
    way, cursor = rng.choice(WAYS), None
    for sweep in (False, rng.random() < 0.5):
        reading = Reading(resource, cursor, sweep=sweep)
        for turn in range(MAX_STEPS):
            if not reading.ask():
                break
            step = reading.take(
                rng.choice(pages) if way == "any" else pages[turn % (len(pages) if way == "by turns" else 1)]
            )
            if step.done or step.wait_seconds:
                break
        else:
            pytest.fail(f"it goes on and on, and is at {reading.position}")
        cursor = reading.position


def page_of(name: str, rng: Random) -> bytes:
    """An answer of so many rows of a shop, whose moments and numbers lead anywhere."""
    rows = rows_of_a_shop()[name]
    some = [dict(row) for row in rng.choices(rows, k=rng.choice((0, 1, PAGE_ROWS, PAGE_ROWS, 2 * PAGE_ROWS)))]
    answer = answer_of(name, some if name not in ONE_ROW else list(rows[:1]))
    inside = items_of(name, answer)
    for row in inside if name not in ONE_ROW else ():
        _lead_anywhere(row, rng)
    for place in list(places(answer)):
        value = _at(answer, place)
        if place and not any(isinstance(step, int) for step in place) and isinstance(value, int | str | None):
            put(answer, place, rng.choice(NUMBERS if isinstance(value, int) else MOMENTS))
    return written(answer)


def _lead_anywhere(row: Any, rng: Random) -> None:
    moments, numbers = rng.choice(MOMENTS), rng.choice(NUMBERS)
    for field in LEADING & row.keys():
        if rng.random() < 0.7:
            row[field] = rng.choice((moments, rng.choice(MOMENTS)))
    for field in COUNTING & row.keys():
        if rng.random() < 0.3:
            row[field] = numbers
    if rng.random() < 0.3:
        row.pop("date", None)


LEADING = frozenset({"lastChangeDate", "date", "updatedAt", "createdAt", "createdDate", "dateTo", "dt", "dt_update"})
COUNTING = frozenset({"rrdId", "nmID", "id"})


def _at(answer: Any, place: tuple[str | int, ...]) -> Any:
    for name in place:
        answer = answer[name]
    return answer


def test_rows_that_changed_but_have_no_date_do_not_hold_up_a_reading() -> None:
    """WB takes no notice of `dateFrom`, and answers a last page without a day to look at."""
    resource = RESOURCES["orders"]
    row = {"srid": "a", "lastChangeDate": "2026-11-20T10:00:00"}
    reading = Reading(resource, None, sweep=False)
    for _ in range(10):
        assert reading.ask()
        if reading.take(written([row])).done:
            return
    pytest.fail(f"it goes on and on, and is at {reading.position}")

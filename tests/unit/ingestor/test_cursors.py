"""Whatever is stored as a cursor, a run begins somewhere; and no value of WB's leads past what there is to read."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingestor.resources import (
    RESOURCES,
    batches,
    feedbacks,
    finance,
    message_lists,
    order_feed,
    products,
    questions,
)
from ingestor.resources.resource import Position, Resource, Seen, Start
from ingestor.sync import beginning, search
from ingestor.sync.keyed_rows import key_rows
from ingestor.sync.page import read
from ingestor.sync.search import Search
from support.fuzzing import fuzzed
from support.mutations import answer_of, mutated, rows_of_a_shop, written
from support.reading import NOW

START = Start(NOW, sweep=False, page_rows=3)
POISON = "2099-12-31T23:59:59Z", "0001-01-01T00:00:00Z"

_RANDOM = st.randoms(use_true_random=False)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)


def cursors(resource: Resource) -> list[Position]:
    """Cursors as they are stored: of a reading that begins, goes on, and has ended."""
    position = resource.reading.begin(None, START)
    asked = position | ({"ids": [1, 2, 3]} if resource.reading.subjects else {})
    page = read(resource, written(answer_of(resource.name, rows_of_a_shop()[resource.name][:3])))
    keyed = key_rows(resource, page.rows, NOW)
    step = resource.reading.advance(asked, Seen(page.rows, keyed.marks, after=page.after, wb_now=NOW))
    last = resource.reading.advance(asked, Seen((), wb_now=NOW))
    return [json.loads(json.dumps(each)) for each in (position, step.position, last.position) if each]


@fuzzed
@given(_RANDOM, _JSON)
@pytest.mark.parametrize("name", RESOURCES)
def test_a_run_begins_whatever_its_cursor_says(name: str, rng: Random, value: Any) -> None:
    resource = RESOURCES[name]
    for cursor in cursors(resource) or [{}]:
        try:
            changed = json.loads(written(mutated(rng, cursor, rng.choice((value, None)))))
        except ValueError:
            continue
        if not isinstance(changed, dict):
            continue
        position, _ = search.loaded(changed)
        for sweep in (False, True):
            begun = beginning.begin(resource, position, Start(NOW, sweep, 3))
            asked = begun if resource.reading.subjects is None else {**begun, "ids": [1]}
            resource.reading.ask(asked)
            resource.reading.advance(asked, Seen((), wb_now=NOW))


@pytest.mark.parametrize("name", RESOURCES)
def test_a_cursor_as_it_is_stored_is_gone_on_from(name: str) -> None:
    resource = RESOURCES[name]
    for cursor in cursors(resource):
        assert beginning.begin(resource, cursor, START) == resource.reading.begin(cursor, START)


UNDER_WAY: dict[str, Position] = {
    "funnel": {"today": "2026-11-20", "after": 5},
    "order_feed": order_feed.begin(None, START) | {"offset": 3, "snapshot": "2026-11-20T00:00:00Z"},
    "feedbacks": feedbacks.begin(None, START) | {"todo": [message_lists.unread("archive")]},
    "questions": questions.begin(None, START) | {"todo": [message_lists.unread("answered")]},
}


@pytest.mark.parametrize("sweep", [False, True])
@pytest.mark.parametrize("name", UNDER_WAY)
def test_a_pass_is_the_same_one_whatever_is_brought_up_to_date_in_it(name: str, sweep: bool) -> None:
    resource, cursor = RESOURCES[name], UNDER_WAY[name]
    # So late that a day has begun, the first list is to be looked at again, or WB has dropped what was asked for first.
    at = NOW + (timedelta(minutes=9) if name == "order_feed" else timedelta(days=1))
    position = beginning.begin(resource, cursor, Start(at, sweep, page_rows=3))
    assert position != cursor
    assert beginning.goes_on(resource, cursor, position)


@pytest.mark.parametrize("name", ["orders", "sales", "order_feed", "feedbacks", "questions", "finance"])
def test_a_sweep_that_takes_the_place_of_a_pass_under_way_is_another(name: str) -> None:
    resource = RESOURCES[name]
    moment = "2026-11-16" if name == "finance" else NOW.isoformat()
    ended = {"watermark": moment, "newest": moment, "whole_at": moment, "uncut": 3}
    ordinary = resource.reading.begin(ended, START)
    assert beginning.goes_on(resource, ordinary, resource.reading.begin(ordinary, START))
    assert not beginning.goes_on(resource, ordinary, resource.reading.begin(ordinary, replace(START, sweep=True)))


@pytest.mark.parametrize(
    "cursor", [{"at_most": "x"}, {"search": 1}, {"search": {"left": "many"}}, {"search": {"anew_at": "soon"}}]
)
def test_a_search_that_cannot_be_read_is_none(cursor: Position) -> None:
    assert search.loaded(cursor)[1] == Search()


def test_a_search_is_stored_with_the_cursor_and_read_back() -> None:
    there = Search(left=3, refusals=2, accepted=True, back={"after": 1}, reason="400", anew_at=NOW)
    stored = json.loads(json.dumps(search.stored({"after": 5}, there)))
    assert search.loaded(stored) == ({"after": 5}, there)
    assert search.stored({"after": 5}, Search()) == {"after": 5}


@pytest.mark.parametrize("name", [name for name, each in RESOURCES.items() if each.reading.subjects])
def test_a_call_about_fewer_ids_is_the_same_call_otherwise(name: str) -> None:
    reading = RESOURCES[name].reading
    begun = reading.begin(None, Start(NOW, sweep=False, page_rows=1_000))
    few = {**begun, "ids": [1, 2]}
    fewer = {**begun, "ids": [1, 2, 3], batches.AT_MOST: 2}
    assert reading.ask(fewer) == reading.ask(few)
    last = {**begun, "ids": [1, 2], batches.AT_MOST: 2}
    assert reading.advance(last, Seen(())) == reading.advance(few, Seen(()))


class TestPoison:
    """A row from the year 2099, or from the year 1, among others that are good."""

    @pytest.mark.parametrize("poison", POISON)
    @pytest.mark.parametrize("name", ["orders", "sales", "order_feed", "products", "finance"])
    def test_what_changes_later_is_read_all_the_same(self, name: str, poison: str) -> None:
        resource = RESOURCES[name]
        [row, *_] = rows_of_a_shop()[name]
        moment = {"orders": "lastChangeDate", "sales": "lastChangeDate", "finance": "dateTo"}.get(name, "updatedAt")
        good, odd = row | {moment: (NOW - timedelta(days=8)).date().isoformat()}, row | {moment: poison}
        if name != "finance":
            good[moment] += "T12:00:00Z"
        answer = answer_of(name, [good, odd])
        if name == "products":
            answer["cursor"] |= {"updatedAt": poison, "nmID": 5, "total": 2}
        page = read(resource, written(answer))
        keyed = key_rows(resource, page.rows, NOW)
        begun = resource.reading.begin(None, Start(NOW, sweep=True, page_rows=2))
        step = resource.reading.advance(begun, Seen(keyed.read(page.rows), keyed.marks, 0, page.after, wb_now=NOW))
        while not step.done:
            step = resource.reading.advance(step.position, Seen((), wb_now=NOW))
        later = NOW + timedelta(days=1)
        following = resource.reading.begin(step.position, Start(later, sweep=False, page_rows=2))
        assert self._since(resource, following) <= NOW + timedelta(days=1)

    @staticmethod
    def _since(resource: Resource, position: Position) -> datetime:
        asked = resource.reading.ask(position)
        match resource.name:
            case order_feed.RESOURCE.name:
                said = asked["json"]["selectedPeriod"]["start"]
            case products.RESOURCE.name:
                said = asked["json"]["settings"]["cursor"].get("updatedAt", "2026-01-01")
            case finance.RESOURCE.name:
                said = asked["json"]["dateFrom"]
            case _:
                said = asked["params"]["dateFrom"]
        at = datetime.fromisoformat(said)
        return at if at.tzinfo else at.replace(tzinfo=UTC)

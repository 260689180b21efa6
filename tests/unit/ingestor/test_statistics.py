"""Paging by `lastChangeDate` as a whole: whatever the pages are, every row is read (its steps: test_orders.py)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from contracts.model import MOSCOW
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from ingestor.resources import orders, sales, statistics
from ingestor.resources.resource import Resource, Seen, Start
from support.reading import NOW

START = Start(NOW, False, 1000)


def seen(*changes: datetime, broken: int = 0, made: datetime = NOW) -> Seen:
    row = msgspec.Raw(json.dumps({"date": made.astimezone(MOSCOW).replace(tzinfo=None).isoformat()}).encode())
    return Seen([row] * len(changes) + [msgspec.Raw(b"5")] * broken, changes, broken)


def test_a_broken_row_beside_a_page_to_be_read_by_day_does_not_widen_the_days() -> None:
    step = statistics.advance(statistics.begin(None, START), seen(NOW, NOW))
    step = statistics.advance(step.position, seen(NOW, NOW, broken=1))
    assert step.position["days"] == ["2026-11-21"]


def test_a_sweep_of_a_shop_whose_orders_change_all_the_time_ends_at_its_first_look_past_the_known() -> None:
    cursor = {"watermark": NOW.isoformat(), "uncut": 20, "looked_back_at": NOW.isoformat()}
    step = statistics.advance(statistics.begin(cursor, Start(NOW, True, 1000)), seen(*[NOW] * 30))
    assert not step.done
    newer = [NOW + timedelta(seconds=second) for second in range(20)]
    step = statistics.advance(step.position, seen(*newer))
    assert step.done
    assert step.position["watermark"] == newer[-1].isoformat()


def test_a_look_that_is_larger_than_what_was_found_whole_but_far_smaller_than_the_page_before_ends_it_too() -> None:
    step = statistics.advance(statistics.begin(None, START), seen(*[NOW] * 100))
    step = statistics.advance(step.position, seen(*[NOW + timedelta(seconds=1)] * 49))
    assert step.done
    assert step.position["uncut"] == 49


def test_rows_that_change_in_the_second_of_the_look_do_not_send_it_through_all_days_of_their_orders() -> None:
    cursor = {"watermark": NOW.isoformat(), "uncut": 3, "looked_back_at": NOW.isoformat()}
    begun = statistics.begin(cursor, Start(NOW, True, 1000))
    step = statistics.advance(begun, seen(*[NOW - timedelta(hours=1)] * 18, NOW))
    step = statistics.advance(step.position, seen(*[NOW] * 16, made=NOW - timedelta(days=60)))
    assert step.done


def statistics_row(resource: Resource, number: int, second: int, day: int) -> dict[str, Any]:
    changed_at = datetime(2026, 11, 20, 10, tzinfo=UTC) + timedelta(seconds=second)
    return {
        "saleID": f"S{number}",
        "srid": f"{number}",
        "nmId": 1,
        "date": f"2026-11-{day:02d}T10:00:00",
        "lastChangeDate": changed_at.astimezone(MOSCOW).replace(tzinfo=None).isoformat(),
    }


@pytest.mark.parametrize("resource", [orders.RESOURCE, sales.RESOURCE], ids=lambda resource: resource.name)
@given(
    changes=st.lists(st.tuples(st.integers(0, 4), st.integers(18, 20)), max_size=12),
    page_rows=st.integers(1, 5),
    inclusive=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_a_first_load_reads_every_row_whatever_the_page_size_and_the_bound(
    resource: Resource, changes: list[tuple[int, int]], page_rows: int, inclusive: bool
) -> None:
    rows = [statistics_row(resource, number, *change) for number, change in enumerate(sorted(changes))]
    position, got, steps = resource.reading.begin(None, START), set(), 0
    while True:
        steps += 1
        assert steps < 100, "the reading must end"
        params = resource.reading.ask(position)["params"]
        if params["flag"] == "1":
            page = [row for row in rows if row["date"][:10] == params["dateFrom"]]
        else:
            bound = params["dateFrom"]
            page = [r for r in rows if r["lastChangeDate"] > bound or (inclusive and r["lastChangeDate"] == bound)]
            page = page[:page_rows]
        found = resource.reading.read(json.dumps(page).encode()).rows
        assert resource.storage.key_of is not None
        read = [resource.storage.key_of(each) for each in found]
        got |= {key for key, _ in read}
        step = resource.reading.advance(position, Seen(found, [mark for _, mark in read]))
        if step.done:
            break
        position = json.loads(json.dumps(step.position))
    assert len(got) == len(rows)


LATE = 10
"""How many seconds late WB may show a row, at the rate of the tests below."""

RATE = statistics.LATE.total_seconds() / LATE
BEGAN = datetime(2026, 11, 20, 10, tzinfo=UTC)


class Shop:
    """One that WB shows by `lastChangeDate`, some rows late, and what a reader has of it; all moments are seconds."""

    def __init__(self, page_rows: int) -> None:
        self.now = 0
        self.rows: list[tuple[int, dict[str, Any]]] = []
        self.got: set[str] = set()
        self.cursor: dict[str, Any] | None = None
        self.full_and_whole = False
        """Whether a page was as large as they get, with nothing behind it: only a sweep tells it from a cut one."""
        self._page_rows = page_rows

    def change(self, late: int, day: int) -> None:
        """Change an order of some day now; it shows `late` seconds from now."""
        self.rows.append((self.now + late, statistics_row(orders.RESOURCE, len(self.rows), self.now, day)))

    def read(self, *, sweep: bool = False, kept: bool = True) -> bool:
        """Read a page as a run does that begins now; whether it was the last. One that dies keeps nothing of it."""
        start = Start(BEGAN + timedelta(seconds=self.now), sweep, 1000, RATE)
        position = statistics.begin(self.cursor, start)
        page = orders.RESOURCE.reading.read(json.dumps(self._answer(statistics.ask(position)["params"])).encode()).rows
        read = [orders.key_of(row) for row in page]
        step = statistics.advance(position, Seen(page, [mark for _, mark in read], wb_now=start.now))
        if kept:
            self.cursor = json.loads(json.dumps(step.position))
            self.got |= {key[0] for key, _ in read}
        return step.done

    def _answer(self, params: dict[str, str]) -> list[dict[str, Any]]:
        shown = [row for at, row in self.rows if at <= self.now]
        shown.sort(key=lambda row: (row["lastChangeDate"], row["date"]))
        if params["flag"] == "1":
            return [row for row in shown if row["date"][:10] == params["dateFrom"]]
        page = [row for row in shown if row["lastChangeDate"] >= params["dateFrom"]]
        self.full_and_whole |= len(page) == self._page_rows
        return page[: self._page_rows]


CHANGE = st.tuples(st.just("change"), st.integers(0, LATE), st.integers(18, 20))
READ = st.tuples(st.just("read"), st.booleans(), st.booleans())
WAIT = st.tuples(st.just("wait"), st.integers(1, 2 * LATE), st.none())


CUT_IN_THE_LAST_SECOND: list[tuple[str, int, Any]] = [
    *[("change", 0, 18)] * 2,
    ("wait", 1, None),
    *[("change", 0, 18)] * 2,
    *[("read", False, True)] * 2,
    ("change", 0, 18),
]


@example(actions=CUT_IN_THE_LAST_SECOND, page_rows=3)
@given(actions=st.lists(st.one_of(CHANGE, CHANGE, READ, READ, WAIT), max_size=40), page_rows=st.integers(2, 8))
@settings(max_examples=200, deadline=None)
def test_ordinary_runs_alone_read_every_row_however_late_it_showed_and_whenever_a_run_died(
    actions: list[tuple[str, int, Any]], page_rows: int
) -> None:
    shop = Shop(page_rows)
    for action, one, other in actions:
        match action:
            case "change":
                shop.change(one, other)
            case "read":
                shop.read(sweep=bool(one), kept=other)
            case _:
                shop.now += one
    shop.now += LATE
    steps = 0
    for _ in range(2):  # one may be under way already
        while not shop.read():
            steps += 1
            assert steps < 200, "the reading must end"
    assume(not shop.full_and_whole)
    assert shop.got == {row["srid"] for _, row in shop.rows}


def test_a_row_that_shows_in_the_second_that_is_read_by_day_is_read_by_the_next_ordinary_run() -> None:
    shop = Shop(page_rows=2)
    for day in (19, 20):
        shop.change(0, day)
    while not (shop.cursor or {}).get("days"):
        assert not shop.read()
    assert not shop.read()
    shop.change(0, 19)  # of the day that was just read, in the second that it was read for
    shop.now += 10 * LATE
    shop.change(0, 20)
    while not shop.read():
        pass
    assert "2" not in shop.got
    while not shop.read():
        pass
    assert shop.got == {"0", "1", "2", "3"}


def test_a_clock_of_wbs_that_is_wrong_by_years_costs_no_more_than_a_sweep() -> None:
    cursor = {"watermark": NOW.isoformat(), "looked_at": datetime(1, 1, 1, tzinfo=UTC).isoformat()}
    position = statistics.begin(cursor, START)
    assert NOW - datetime.fromisoformat(position["at"]) <= statistics.SWEEP + statistics.LATE

"""Passes over several lists: what each reads, how it goes on after an interruption, and that it ends."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingestor.resources import claims, feedbacks, message_lists, questions
from ingestor.resources.resource import Change, Position, Resource, Seen, Start

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
A_DAY_AGO, AN_HOUR_AGO = NOW - timedelta(days=1), NOW - timedelta(hours=1)
MONTH_AGO = int((NOW - timedelta(days=30)).timestamp())
EVERY = pytest.mark.parametrize(
    "resource", [feedbacks.RESOURCE, questions.RESOURCE, claims.RESOURCE], ids=lambda resource: resource.name
)


def start(*, now: datetime = NOW, sweep: bool = False, page_rows: int = 100_000) -> Start:
    return Start(now, sweep, page_rows)


def seen(*marks: datetime, size: int | None = None) -> Seen:
    return Seen([msgspec.Raw(b"")] * (len(marks) if size is None else size), marks)


def lists(position: Position) -> list[tuple[str, int | None]]:
    return [(each["list"], each["since"]) for each in position["todo"]]


class TestWhatAPassReads:
    def test_the_first_one_reads_every_list_whole(self) -> None:
        position = feedbacks.begin(None, start())
        assert lists(position) == [("unanswered", None), ("answered", None), ("archive", None)]
        assert position["take"] == 5_000
        assert lists(questions.begin(None, start())) == [("unanswered", None), ("answered", None)]
        assert lists(claims.begin(None, start())) == [("pending", None), ("archive", None)]

    def test_an_ordinary_one_reads_what_is_unanswered(self) -> None:
        assert lists(feedbacks.begin({"whole_at": AN_HOUR_AGO.isoformat()}, start())) == [("unanswered", None)]

    def test_a_sweep_reads_what_was_answered_of_the_last_month(self) -> None:
        position = feedbacks.begin({"whole_at": AN_HOUR_AGO.isoformat()}, start(sweep=True))
        assert lists(position) == [("unanswered", None), ("answered", MONTH_AGO)]

    def test_once_a_day_every_list_is_read_whole(self) -> None:
        position = questions.begin({"whole_at": A_DAY_AGO.isoformat()}, start())
        assert lists(position) == [("unanswered", None), ("answered", None)]

    def test_what_a_pass_leaves_says_when_the_last_whole_one_began(self) -> None:
        whole = run_through(feedbacks.RESOURCE, feedbacks.begin(None, start()))
        assert whole == {"whole_at": NOW.isoformat()}
        later = start(now=NOW + timedelta(hours=1), sweep=True)
        assert run_through(feedbacks.RESOURCE, feedbacks.begin(whole, later)) == whole

    def test_pages_are_no_larger_than_wanted(self) -> None:
        for resource in (feedbacks.RESOURCE, questions.RESOURCE, claims.RESOURCE):
            assert resource.reading.begin(None, start(page_rows=7))["take"] == 7

    @pytest.mark.parametrize("resource", [feedbacks.RESOURCE, questions.RESOURCE], ids=lambda resource: resource.name)
    def test_one_that_begins_at_a_moment_reads_what_can_be_dated(self, resource: Resource) -> None:
        assert resource.reading.since is not None
        position = {**resource.reading.begin(None, start()), **resource.reading.since(NOW)}
        assert lists(position) == [("unanswered", int(NOW.timestamp())), ("answered", int(NOW.timestamp()))]
        assert resource.reading.ask(position)["params"]["dateFrom"] == str(int(NOW.timestamp()))


class TestAnInterruptedPass:
    def test_goes_on_where_it_stopped(self) -> None:
        position = feedbacks.begin(None, start(page_rows=2))
        stopped = feedbacks.advance(position, seen(NOW, NOW)).position
        assert feedbacks.begin(stopped, start(now=NOW + timedelta(minutes=5), sweep=True)) == stopped
        assert stopped["todo"][0]["skip"] == 2

    def test_begins_anew_when_a_sweep_is_due_that_it_is_not(self) -> None:
        position = feedbacks.begin({"whole_at": AN_HOUR_AGO.isoformat()}, start(page_rows=2))
        stopped = feedbacks.advance(position, seen(NOW, NOW)).position
        assert lists(feedbacks.begin(stopped, start(sweep=True))) == [("unanswered", None), ("answered", MONTH_AGO)]

    def test_looks_at_the_unanswered_again_when_it_takes_long(self) -> None:
        position = feedbacks.advance(feedbacks.begin(None, start(page_rows=2)), seen()).position
        stopped = feedbacks.advance(position, seen(NOW, NOW)).position
        at_once = feedbacks.begin(stopped, start(now=NOW + timedelta(minutes=29), sweep=True))
        assert at_once == stopped
        later = NOW + timedelta(minutes=30)
        again = feedbacks.begin(stopped, start(now=later, sweep=True))
        assert again["todo"] == [message_lists.unread("unanswered"), *stopped["todo"]]
        on = feedbacks.begin(feedbacks.advance(again, seen()).position, start(now=later, sweep=True))
        assert on["todo"] == stopped["todo"], "and goes on where it was"


class TestPages:
    @EVERY
    def test_a_page_that_is_not_full_ends_its_list(self, resource: Resource) -> None:
        position = resource.reading.begin(None, start(page_rows=3))
        step = resource.reading.advance(position, seen(NOW, NOW))
        assert not step.done
        assert step.position["todo"] == position["todo"][1:]

    @EVERY
    def test_a_full_page_is_followed_by_another(self, resource: Resource) -> None:
        step = resource.reading.advance(resource.reading.begin(None, start(page_rows=2)), seen(NOW, NOW))
        assert step.position["todo"][0]["skip"] == 2
        assert len(step.position["todo"]) == len(resource.reading.begin(None, start())["todo"])

    @pytest.mark.parametrize(
        ("resource", "skip"),
        [(feedbacks.RESOURCE, 199_989), (questions.RESOURCE, 9_997)],
        ids=["feedbacks", "questions"],
    )
    def test_what_cannot_be_skipped_to_is_found_by_its_date(self, resource: Resource, skip: int) -> None:
        position = at(resource, "answered", skip=skip, take=2)
        # The last page that WB gives.
        last = resource.reading.advance(
            {**position, "todo": [{**position["todo"][0], "skip": skip - 1}]}, seen(NOW, NOW)
        )
        assert last.position["todo"][0]["skip"] == skip + 1
        step = resource.reading.advance(last.position, seen(AN_HOUR_AGO, NOW))
        assert step.position["todo"] == [{"list": "answered", "since": int(NOW.timestamp()) - 1, "skip": 0}]
        assert not step.done

    def test_dates_that_do_not_move_end_the_list(self) -> None:
        position = at(questions.RESOURCE, "answered", skip=9_998, take=2, since=int(NOW.timestamp()) - 1)
        assert questions.advance(position, seen(NOW, NOW)).done

    def test_a_page_without_one_readable_row_has_no_date_to_go_on_by(self) -> None:
        assert questions.advance(at(questions.RESOURCE, "answered", skip=9_998, take=2), seen(size=2)).done

    @pytest.mark.parametrize(
        ("resource", "skip"), [(feedbacks.RESOURCE, 199_989), (claims.RESOURCE, 100_000)], ids=["feedbacks", "claims"]
    )
    def test_an_archive_ends_where_wb_skips_no_further(self, resource: Resource, skip: int) -> None:
        assert resource.reading.advance(at(resource, "archive", skip=skip, take=2), seen(NOW, NOW)).done

    @pytest.mark.parametrize("resource", [questions.RESOURCE, feedbacks.RESOURCE], ids=lambda resource: resource.name)
    def test_what_is_asked_stays_within_wbs_maxima(self, resource: Resource) -> None:
        position, moment, asked = resource.reading.begin(None, start(page_rows=4_000)), NOW - timedelta(days=90), 0
        while position.get("todo") and asked < 300:
            params = resource.reading.ask(position)["params"]
            assert int(params["take"]) <= 5_000
            assert int(params["skip"]) <= 199_990
            assert resource is feedbacks.RESOURCE or int(params["take"]) + int(params["skip"]) <= 10_000
            moment, asked = moment + timedelta(hours=1), asked + 1
            position = resource.reading.advance(position, seen(*[moment] * (4_000 if asked < 150 else 0))).position
        assert asked < 300

    @EVERY
    @given(sizes=st.lists(st.integers(0, 3), max_size=40), minutes=st.lists(st.integers(0, 5), min_size=40))
    def test_every_pass_ends_when_wb_has_no_more(
        self, resource: Resource, sizes: list[int], minutes: list[int]
    ) -> None:
        position, done = resource.reading.begin(None, start(page_rows=2)), False
        for size, minute in zip(sizes, minutes, strict=False):
            if done:
                break
            step = resource.reading.advance(position, seen(*[NOW + timedelta(minutes=minute)] * size))
            position, done = step.position, step.done
        calls = 0
        while not done:
            step, calls = resource.reading.advance(position, seen()), calls + 1
            position, done = step.position, step.done
        assert calls <= 3
        assert "todo" not in position


class TestWhatIsNews:
    def change(self, *, is_new: bool, moment: datetime) -> Change:
        return Change(("a",), b"{}", 1, None if is_new else {"state": "none"}, moment)

    @pytest.mark.parametrize("first_load", [True, False])
    def test_a_new_row_by_when_it_was_made(self, first_load: bool) -> None:
        after = self.change(is_new=True, moment=NOW + timedelta(seconds=1))
        before = self.change(is_new=True, moment=NOW - timedelta(seconds=1))
        assert message_lists.is_live(after, NOW, first_load)
        assert not message_lists.is_live(before, NOW, first_load)

    def test_a_change_of_an_old_row_once_all_was_loaded(self) -> None:
        change = self.change(is_new=False, moment=NOW - timedelta(days=9))
        assert message_lists.is_live(change, NOW, False)
        assert not message_lists.is_live(change, NOW, True)


def at(resource: Resource, name: str, *, skip: int, take: int, since: int | None = None) -> Position:
    position = resource.reading.begin(None, start(page_rows=take))
    return {**position, "todo": [{"list": name, "since": since, "skip": skip}]}


def run_through(resource: Resource, position: dict[str, Any]) -> Position:
    while True:
        step = resource.reading.advance(position, seen())
        position = step.position
        if step.done:
            return position

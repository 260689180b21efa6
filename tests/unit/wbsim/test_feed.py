"""The feed against a plain list of what was published."""

from hypothesis import given
from hypothesis import strategies as st
from wbsim.feed import Entry, Feed, Version

LONG_AGO = float("-inf")


def entry(key: str, number: int, changed: int, dated: int = 0) -> Entry:
    version = Version(key, number, "new", float(changed), float(changed))
    return Entry(changed, dated, key, f"{key}/{number}".encode(), version)


def bodies(entries: list[Entry]) -> list[str]:
    return [each.body.decode() for each in entries]


def since(feed: Feed, start: float, now: float = 1_000, rows: int = 100, *, inclusive: bool = True) -> list[str]:
    return bodies(feed.since(start, inclusive=inclusive, rows=rows, oldest=LONG_AGO, now=now))


class TestSince:
    def test_both_bounds(self) -> None:
        feed = Feed()
        for key, changed in (("a", 1), ("b", 2), ("c", 2), ("d", 3)):
            feed.publish(entry(key, 1, changed), changed, changed)
        assert since(feed, 2) == ["b/1", "c/1", "d/1"]
        assert since(feed, 2, inclusive=False) == ["d/1"]
        assert since(feed, 2.5) == ["d/1"]

    def test_a_page_within_one_second_comes_back_for_ever_with_the_inclusive_bound(self) -> None:
        feed = Feed()
        for key in "abcde":
            feed.publish(entry(key, 1, 7), 7, 7)
        first = since(feed, 0, rows=3)
        assert first == ["a/1", "b/1", "c/1"]
        assert since(feed, 7, rows=3) == first
        assert since(feed, 7, rows=3, inclusive=False) == []

    def test_a_change_moves_the_row_to_its_new_place(self) -> None:
        feed = Feed()
        feed.publish(entry("a", 1, 1), 1, 1)
        feed.publish(entry("b", 1, 2), 2, 2)
        feed.publish(entry("a", 2, 3), 3, 3)
        assert since(feed, 0) == ["b/1", "a/2"]

    def test_a_late_row_appears_behind_the_reader_and_keeps_its_old_state_till_then(self) -> None:
        feed = Feed()
        feed.publish(entry("a", 1, 1), 1, 1)
        feed.publish(entry("a", 2, 5), 50, 5)
        feed.publish(entry("b", 1, 10), 10, 10)
        assert since(feed, 0, now=49) == ["a/1", "b/1"]
        assert since(feed, 0, now=50) == ["a/2", "b/1"]
        assert since(feed, 10, now=50) == ["b/1"]

    def test_a_late_version_never_replaces_a_newer_one(self) -> None:
        feed = Feed()
        feed.publish(entry("a", 1, 1), 1, 1)
        feed.publish(entry("a", 2, 5), 50, 5)
        feed.publish(entry("a", 3, 6), 6, 6)
        assert since(feed, 0, now=60) == ["a/3"]

    def test_rows_dated_too_long_ago_are_gone(self) -> None:
        feed = Feed()
        feed.publish(entry("old", 1, 100, dated=10), 0, 100)
        feed.publish(entry("new", 1, 101, dated=90), 0, 101)
        assert bodies(feed.since(0, inclusive=True, rows=9, oldest=50, now=200)) == ["new/1"]

    @given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 3), st.integers(0, 4)), max_size=60))
    def test_any_history_reads_as_the_newest_visible_version_of_each_row(
        self, history: list[tuple[str, int, int]]
    ) -> None:
        feed, now, numbers = Feed(), 0, dict.fromkeys("abcdef", 0)
        published: list[tuple[Entry, int]] = []
        for key, step, delay in history:
            now += step
            numbers[key] += 1
            each = entry(key, numbers[key], now)
            feed.publish(each, now + delay, now)
            published.append((each, now + delay))
        newest: dict[str, Entry] = {}
        for each, visible_at in published:
            if visible_at <= now:
                newest[each.key] = each
        found = feed.since(0, inclusive=True, rows=1_000, oldest=LONG_AGO, now=now)
        assert sorted(bodies(found)) == sorted(bodies(list(newest.values())))
        assert [each.changed for each in found] == sorted(each.changed for each in found)

    def test_thousands_of_superseded_versions_leave_the_order_intact(self) -> None:
        feed = Feed()
        for number in range(1, 5_001):
            feed.publish(entry(f"k{number % 7}", number, number), number, number)
        assert since(feed, 0, now=9_999) == [f"k{number % 7}/{number}" for number in range(4_994, 5_001)]


class TestOnDay:
    def test_takes_rows_by_date_whatever_their_last_change(self) -> None:
        feed = Feed()
        feed.publish(entry("a", 1, 500, dated=10), 0, 500)
        feed.publish(entry("b", 1, 501, dated=20), 0, 501)
        feed.publish(entry("c", 1, 502, dated=19), 0, 502)
        assert bodies(feed.on_day(10, 20, oldest=0, now=600)) == ["a/1", "c/1"]

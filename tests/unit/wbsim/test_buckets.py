import pytest
from hypothesis import given
from hypothesis import strategies as st
from wbsim.buckets import Bucket, Buckets
from wbsim.limits import Limit


class TestBucket:
    def test_gives_its_burst_then_one_request_per_interval(self) -> None:
        bucket = Bucket(Limit(interval_seconds=60, burst=10), now=0)
        assert [bucket.take(0).retry_seconds for _ in range(11)] == [0] * 10 + [60]
        assert bucket.take(59).retry_seconds == pytest.approx(1)
        assert bucket.take(60).retry_seconds == 0
        assert bucket.take(60).retry_seconds == 60

    def test_tells_what_is_left_and_when_it_is_full_again(self) -> None:
        bucket = Bucket(Limit(interval_seconds=10, burst=3), now=0)
        level = bucket.take(0)
        assert (level.limit, level.remaining, level.reset_seconds) == (3, 2, 10)

    def test_a_charge_goes_into_debt_that_is_paid_off_first(self) -> None:
        bucket = Bucket(Limit(interval_seconds=1, burst=5), now=0)
        bucket.take(0)
        assert bucket.charge(9, 0).remaining == 0
        assert bucket.take(5).retry_seconds == 1
        assert bucket.take(6).retry_seconds == 0

    @given(st.integers(1, 9), st.lists(st.floats(0, 5), max_size=80))
    def test_never_gives_more_than_its_burst_and_the_intervals_passed(self, burst: int, gaps: list[float]) -> None:
        bucket, now, given_out = Bucket(Limit(interval_seconds=2, burst=burst), now=0), 0.0, 0
        for gap in gaps:
            now += gap
            given_out += bucket.take(now).retry_seconds == 0
            assert given_out <= burst + now / 2 + 1e-6

    @given(st.lists(st.floats(0, 1), max_size=40))
    def test_a_refused_caller_who_waits_as_told_gets_through(self, gaps: list[float]) -> None:
        bucket, now = Bucket(Limit(interval_seconds=3, burst=2), now=0), 0.0
        for gap in gaps:
            now += gap
            if wait := bucket.take(now).retry_seconds:
                now += wait
                assert bucket.take(now).retry_seconds == 0


class TestBuckets:
    def test_sellers_and_counters_are_apart(self) -> None:
        buckets, limit = Buckets(lambda: 0.0), Limit(60, 1)
        assert not buckets.take("a", "orders", limit).retry_seconds
        assert buckets.take("a", "orders", limit).retry_seconds
        assert not buckets.take("a", "sales", limit).retry_seconds
        assert not buckets.take("b", "orders", limit).retry_seconds

    def test_the_factor_shortens_the_wait(self) -> None:
        buckets, limit = Buckets(lambda: 0.0, factor=600), Limit(60, 1)
        buckets.take("a", "orders", limit)
        assert buckets.take("a", "orders", limit).retry_seconds == 0.1

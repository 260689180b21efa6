"""Counting lost and doubled messages."""

from demo.accounting import Change, Message, account, percentile, read_message
from hypothesis import given
from hypothesis import strategies as st

KEYS = st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(["new", "cancel", "price"]))


class TestAccount:
    @given(st.lists(KEYS), st.lists(KEYS))
    def test_every_change_and_message_is_accounted_for_once(
        self, wanted: list[tuple[str, str]], arrived: list[tuple[str, str]]
    ) -> None:
        result = account(
            [Change(*key, answered_at=1.0) for key in wanted],
            [Message(*key, received_at=float(i)) for i, key in enumerate(arrived)],
        )
        matched = len(result.latencies_ms)
        assert matched + len(result.lost) == result.changes == len(wanted)
        assert matched + len(result.duplicates) == result.delivered == len(arrived)
        for key in set(wanted) | set(arrived):
            assert sum((c.srid, c.kind) == key for c in result.lost) == max(0, wanted.count(key) - arrived.count(key))

    def test_latency_runs_from_the_answer_to_the_first_message(self) -> None:
        result = account([Change("a", "new", 10.0)], [Message("a", "new", 10.5), Message("a", "new", 10.25)])
        assert result.latencies_ms == [250.0]
        assert result.duplicates == [Message("a", "new", 10.5)]


class TestReadMessage:
    def test_reads_kind_and_srid(self) -> None:
        assert read_message("❌ <b>Отмена заказа</b> · 20.11\n🔎 <code>5f.0.0</code>", 1.0) == Message(
            "5f.0.0", "cancel", 1.0
        )

    def test_other_messages_are_none(self) -> None:
        assert read_message("Здравствуйте\nНовый заказ <code>1</code>", 1.0) is None
        assert read_message("Новый заказ", 1.0) is None


class TestPercentile:
    def test_nearest_rank(self) -> None:
        values = [float(n) for n in range(1, 101)]
        assert (percentile(values, 0.5), percentile(values, 0.99), percentile(values, 1)) == (50, 99, 100)
        assert percentile([7.0], 0.99) == 7.0
        assert percentile([], 0.5) is None

"""Counting lost and doubled messages."""

from demo.accounting import Change, Message, account, percentile, read_message
from hypothesis import given
from hypothesis import strategies as st

KEYS = st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(["new", "cancel", "price"]))


class TestAccount:
    @given(st.lists(KEYS), st.lists(st.tuples(KEYS, st.integers(1, 3))))
    def test_a_change_is_told_or_lost_and_an_order_has_one_message(
        self, wanted: list[tuple[str, str]], arrived: list[tuple[tuple[str, str], int]]
    ) -> None:
        result = account(
            [Change(*key, answered_at=1.0) for key in wanted],
            [Message(*key, 2.0 + i, message_id) for i, (key, message_id) in enumerate(arrived)],
        )
        assert len(result.latencies_ms) + len(result.lost) == result.changes == len(wanted)
        assert result.messages + result.edits == len(arrived)
        ids = {(srid, message_id) for (srid, _), message_id in arrived}
        assert result.messages == len(ids)
        assert len(result.duplicates) == len(ids) - len({srid for srid, _ in ids})
        for at, (srid, kind) in enumerate(wanted):
            later = {each for other, each in wanted[at:] if other == srid}
            is_told = any(key[0] == srid and key[1] in later for key, _ in arrived)
            assert is_told or any((c.srid, c.kind) == (srid, kind) for c in result.lost)

    def test_latency_runs_from_the_answer_to_the_first_version(self) -> None:
        result = account([Change("a", "new", 10.0)], [Message("a", "new", 10.5, 2), Message("a", "new", 10.25, 1)])
        assert result.latencies_ms == [250.0]
        assert result.duplicates == [Message("a", "new", 10.5, 2)]

    def test_a_version_of_before_tells_nothing_of_what_came_after(self) -> None:
        changes = [Change("a", "new", 10.0), Change("a", "price", 11.0, 11.0), Change("a", "price", 13.5, 13.0)]
        result = account(changes, [Message("a", "new", 10.1, 1), Message("a", "price", 11.1, 1)])
        assert result.lost == [Change("a", "price", 13.5, 13.0)]
        assert (result.messages, result.edits, result.duplicates) == (1, 1, [])

    def test_a_change_that_was_overtaken_is_told_by_the_later_one(self) -> None:
        changes = [Change("a", "new", 10.0), Change("a", "cancel", 10.0)]
        assert account(changes, [Message("a", "cancel", 10.3, 1)]).lost == []


class TestReadMessage:
    def test_reads_kind_and_srid(self) -> None:
        assert read_message("❌ <b>Отмена заказа</b> · 20.11\n🔎 <code>5f.0.0</code>", 1.0, 5) == Message(
            "5f.0.0", "cancel", 1.0, 5
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

"""The first look at a page: which rows it has, each key once, and what cannot be read."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingestor.resources import orders
from ingestor.sync.keyed_rows import KeyedRows, key_rows
from support.resources import changed
from support.things import NOW, STATUSES, THINGS, looked_at, raws, thing


def order(srid: str, changed: str = "10:00:00", **fields: Any) -> dict[str, Any]:
    return {
        "srid": srid,
        "nmId": 1,
        "date": "2026-11-20T10:00:00",
        "lastChangeDate": f"2026-11-21T{changed}",
        **fields,
    }


def titles(keyed: KeyedRows) -> list[Any]:
    return [msgspec.json.decode(raw).get("title") for raw in keyed.rows]


class TestRepeatedKeys:
    def test_the_newest_row_counts_wherever_it_stands(self) -> None:
        early, late = thing(moved_at="2026-11-21T10:00:00Z"), thing(moved_at="2026-11-21T10:00:01Z", title="late")
        for page in ([early, late], [late, early], [early, late, early]):
            keyed = looked_at(THINGS, *page)
            assert titles(keyed) == ["late"]
            assert keyed.keys == [(1, "M")]
            assert keyed.repeated == len(page) - 1
            assert len(keyed.marks) == len(page), "the position goes by every row WB sent"

    def test_of_equally_new_rows_the_last_counts(self) -> None:
        assert titles(looked_at(THINGS, thing(title="a"), thing(title="b"))) == ["b"]
        assert titles(looked_at(THINGS, thing(title="b"), thing(title="a"))) == ["a"]

    def test_without_a_version_the_last_counts(self) -> None:
        without = changed(THINGS, version=None)
        late, early = thing(moved_at="2026-11-21T10:00:01Z", title="late"), thing(title="early")
        assert titles(looked_at(without, late, early)) == ["early"]

    def test_a_row_that_says_when_is_newer_than_one_that_does_not(self) -> None:
        dated, undated = thing(title="dated"), thing(title="undated", moved_at=None)
        for page in ([dated, undated], [undated, dated]):
            assert titles(looked_at(THINGS, *page)) == ["dated"]
        assert titles(looked_at(THINGS, undated, undated | {"title": "last"})) == ["last"]

    def test_the_digest_is_of_the_row_that_is_kept(self) -> None:
        early, late = thing(title="early"), thing(title="late", moved_at="2026-11-21T11:00:00Z")
        [digest] = looked_at(THINGS, late).digests
        assert looked_at(THINGS, early, late).digests == looked_at(THINGS, late, early).digests == [digest]

    def test_one_that_cannot_be_read_gives_way_and_is_kept_apart(self) -> None:
        good, bad = order("a", totalPrice=5), order("a", changed="11:00:00", date="soon")
        for page in ([good, bad], [bad, good]):
            keyed = looked_at(orders.RESOURCE, *page)
            assert [msgspec.json.decode(raw) for raw in keyed.rows] == [good]
            assert [msgspec.json.decode(row.body) for row in keyed.broken] == [bad]

    def test_two_that_cannot_be_read_are_one_row_and_one_broken(self) -> None:
        bad, worse = order("a", date="soon"), order("a", date="late")
        keyed = looked_at(orders.RESOURCE, bad, worse)
        assert [msgspec.json.decode(row.body) for row in keyed.broken] == [worse]
        assert [msgspec.json.decode(raw) for raw in keyed.rows] == [bad], "which storing it will find broken"

    def test_the_same_bytes_again_are_not_even_parsed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        parsed: list[Any] = []

        def parse(raw: msgspec.Raw, at: Any) -> Any:
            parsed.append(raw)
            return orders.parse(raw, at)

        resource = changed(orders.RESOURCE, parse=parse)
        keyed = looked_at(resource, order("a"), order("a"), order("b"))
        assert (len(keyed.rows), keyed.repeated, parsed) == (2, 1, [])


class TestUnreadable:
    @pytest.mark.parametrize(
        "row",
        [
            "",
            "{",
            "null",
            "[]",
            "{}",
            '{"id": "x"}',
            '{"id": null}',
            "[" * 5000,
            "1e999",
        ],
    )
    def test_a_row_is_set_aside_as_it_came_and_takes_no_other_with_it(self, row: str | bytes) -> None:
        keyed = looked_at(THINGS, thing(1), row, thing(2))
        assert keyed.keys == [(1, "M"), (2, "M")]
        [broken] = keyed.broken
        assert broken.body == (row.encode() if isinstance(row, str) else row)
        assert 0 < len(broken.reason) <= 500

    def test_a_nul_in_any_text_is_replaced_for_postgresql_cannot_keep_it(self) -> None:
        keyed = looked_at(THINGS, thing(1, title="a\x00b"), thing(2, unused="\x00"), thing(3))
        assert keyed.keys == [(1, "M"), (2, "M"), (3, "M")]
        assert titles(keyed)[0] == "a\ufffdb"
        assert keyed.odd == {"title": 1, "unused": 1}

    @pytest.mark.parametrize("title", ["\\u0000", "C:\\\\u0000", "u0000", "\\\\\\u0000x"])
    def test_a_text_that_only_spells_a_nul_is_a_text(self, title: str) -> None:
        assert titles(looked_at(THINGS, thing(title=title))) == [title]

    @pytest.mark.parametrize("title", ["\x00", "\\\x00", "\\\\\x00 \\u0000"])
    def test_a_nul_after_backslashes_is_one(self, title: str) -> None:
        assert titles(looked_at(THINGS, thing(title=title))) == [title.replace("\x00", "\ufffd")]

    def test_a_page_known_to_hold_none_is_not_searched(self) -> None:
        assert key_rows(THINGS, raws([thing(title="\x00")]), NOW, may_hold_nul=False).keys == [(1, "M")]


class TestDigest:
    def test_equal_bytes_have_equal_digests_and_others_others(self) -> None:
        digests = looked_at(THINGS, thing(1), thing(2), thing(3, title="x")).digests
        assert digests == looked_at(THINGS, thing(1), thing(2), thing(3, title="x")).digests
        assert len(set(digests)) == 3
        assert all(0 <= digest < 2**63 for digest in digests)

    def test_another_reading_of_the_same_bytes_is_another_digest(self) -> None:
        readings = (THINGS, changed(THINGS, parser=2), STATUSES)
        assert len({looked_at(reading, thing()).digests[0] for reading in readings}) == 3

    @given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3), st.integers(0, 2)), max_size=8))
    def test_rows_keys_and_digests_belong_together(self, drawn: list[tuple[int, int, int]]) -> None:
        page = [thing(id, moved_at=f"2026-11-21T10:00:0{second}Z", title=str(n)) for id, second, n in drawn]
        keyed = looked_at(THINGS, *page)
        newest: dict[int, dict[str, Any]] = {}
        for row in page:
            if row["id"] not in newest or row["moved_at"] >= newest[row["id"]]["moved_at"]:
                newest[row["id"]] = row
        assert [json.loads(raw) for raw in map(bytes, keyed.rows)] == list(newest.values())
        assert keyed.keys == [(id, "M") for id in newest]
        assert keyed.digests == [looked_at(THINGS, row).digests[0] for row in newest.values()]
        assert keyed.repeated == len(page) - len(newest)

"""Cards: what a card says of its packing, and the daily reading of all of them."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingestor.resources import products
from ingestor.resources.resource import Position, Seen, Start, Step
from support.reading import NOW, change, fields, parsed, told

CARD: dict[str, Any] = {
    "nmID": 5,
    "needKiz": False,
    "dimensions": {"length": 55, "width": 40, "height": 0, "weightBrutto": 6.245, "isValid": False},
    "createdAt": "2023-12-06T11:17:00.96577Z",
    "updatedAt": "2023-12-07T11:17:00.96577Z",
}


def answer(cards: list[Any], **cursor: Any) -> bytes:
    return json.dumps({"cards": cards, "cursor": {"total": len(cards), **cursor}}).encode()


class TestParse:
    def test_sides_and_weight_are_read_and_zero_is_unknown(self) -> None:
        [row] = parsed(products.RESOURCE, answer([CARD])).rows
        card = fields(products.RESOURCE, row)
        assert (card["length"], card["width"], card["height"]) == (55, 40, None)
        assert card["weight_brutto"] == Decimal("6.245")
        assert (card["dimensions_valid"], card["need_kiz"], card["is_listed"]) == (False, False, True)
        assert card["created_at"] == datetime(2023, 12, 6, 11, 17, 0, 965770, tzinfo=UTC)

    def test_a_card_of_only_what_tells_it_is_read(self) -> None:
        [row] = parsed(products.RESOURCE, answer([{"nmID": 5, "updatedAt": CARD["updatedAt"]}])).rows
        known = {name for name, value in fields(products.RESOURCE, row).items() if value is not None}
        assert known == {"nm_id", "updated_at", "sizes", "is_listed"}

    @pytest.mark.parametrize("broken", [{"updatedAt": None}, {"updatedAt": "soon"}])
    def test_a_broken_card_is_set_aside_and_takes_no_other_with_it(self, broken: dict[str, Any]) -> None:
        page = parsed(products.RESOURCE, answer([CARD, CARD | {"nmID": 6} | broken, CARD | {"nmID": 7}]))
        assert [row[0] for row in page.rows] == [5, 7]
        assert len(page.broken) == 1

    def test_a_card_listed_no_more_is_told_as_a_changed_one(self) -> None:
        [row] = parsed(products.RESOURCE, answer([CARD])).rows
        unlisted = (*row[:-1], False)
        [event] = told(products.RESOURCE, change(products.RESOURCE, unlisted, 2, {"is_listed": True}, gone=True))
        [card] = event.data.products
        assert (card.change, card.is_listed, card.previous) == ("changed", False, {"is_listed": True})
        assert (card.length, card.weight_brutto) == (55, Decimal("6.245"))


def start(*, sweep: bool = False, page_rows: int = 2) -> Start:
    return Start(NOW, sweep, page_rows)


def sent(position: Position) -> Any:
    return products.ask(position)["json"]["settings"]["cursor"]


def after(position: Position, nm_id: int, *, total: int = 2, broken: int = 0) -> Step:
    page = products.read(answer([], updatedAt=CARD["updatedAt"], nmID=nm_id, total=total))
    return products.advance(position, Seen([], broken=broken, after=page.after))


WATERMARK = {"limit": 2, "updatedAt": CARD["updatedAt"], "nmID": 5}


class TestPaging:
    def test_an_ordinary_run_goes_on_from_the_watermark_and_tells_nothing_of_the_others(self) -> None:
        position = products.begin(WATERMARK, start())
        assert sent(position) == WATERMARK
        end = after(position, 9, total=1)
        assert (end.done, end.whole, end.position) == (True, False, WATERMARK | {"nmID": 9})

    @pytest.mark.parametrize(
        ("cursor", "sweep"), [(None, False), ({}, False), ({"limit": 2}, False), (WATERMARK, True)]
    )
    def test_a_first_load_and_a_sweep_read_all_cards_from_the_first(self, cursor: Position | None, sweep: bool) -> None:
        position = products.begin(cursor, start(sweep=sweep))
        assert sent(position) == {"limit": 2}
        step = after(position, 7)
        assert (step.done, sent(step.position)) == (False, WATERMARK | {"nmID": 7})
        end = after(step.position, 8, total=0)
        assert (end.done, end.whole, end.position) == (True, True, WATERMARK | {"nmID": 8})

    def test_an_interrupted_reading_of_all_goes_on_as_it_was(self) -> None:
        step = after(products.begin(WATERMARK, start(sweep=True)), 7)
        for sweep in (False, True):
            assert products.begin(step.position, start(sweep=sweep, page_rows=100)) == step.position

    def test_a_sweep_takes_the_place_of_an_interrupted_ordinary_run(self) -> None:
        step = after(products.begin(WATERMARK, start()), 7)
        assert sent(products.begin(step.position, start(sweep=True))) == {"limit": 2}

    def test_a_card_without_a_key_on_any_page_leaves_open_which_is_gone(self) -> None:
        step = after(products.begin(None, start()), 7, broken=1)
        end = after(step.position, 8, total=1)
        assert (end.done, end.whole) == (True, False)
        assert not after(products.begin(None, start()), 8, total=1, broken=1).whole

    def test_a_cursor_that_stands_still_ends_the_reading_but_does_not_make_it_whole(self) -> None:
        step = after(products.begin(None, start()), 7)
        end = after(step.position, 7)
        assert (end.done, end.whole, end.position) == (True, False, WATERMARK | {"nmID": 7})

    def test_a_shop_without_cards_has_none(self) -> None:
        empty = products.read(answer([], updatedAt=None, nmID=0))
        end = products.advance(products.begin(WATERMARK, start(sweep=True)), Seen([], after=empty.after))
        assert (end.done, end.whole, end.position) == (True, True, {"limit": 2})


@given(
    st.lists(st.integers(1, 20), unique=True, max_size=9),
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 8))),
    st.integers(1, 4),
)
@settings(max_examples=80, deadline=None)
def test_cards_updated_while_all_are_read_are_read_all_the_same(
    cards: list[int], updates: list[tuple[int, int]], page_rows: int
) -> None:
    updated_at = {nm_id: n for n, nm_id in enumerate(cards)}
    clock, steps, got = len(cards), 0, set()
    position = products.begin(None, start(page_rows=page_rows))
    while True:
        cursor = sent(position)
        behind = (
            (datetime.fromisoformat(cursor["updatedAt"]).microsecond, cursor["nmID"]) if "nmID" in cursor else (-1, 0)
        )
        listed = sorted((at, nm_id) for nm_id, at in updated_at.items() if (at, nm_id) > behind)[: cursor["limit"]]
        got |= {nm_id for _, nm_id in listed}
        last = {"updatedAt": f"2026-11-20T10:00:00.{listed[-1][0]:06d}Z", "nmID": listed[-1][1]} if listed else {}
        page = products.read(answer([], total=len(listed), **last))
        step = products.advance(position, Seen([], after=page.after))
        if step.done:
            break
        for _, which in [update for update in updates if update[0] == steps]:
            if cards:
                updated_at[cards[which % len(cards)]] = clock
                clock += 1
        position, steps = json.loads(json.dumps(step.position)), steps + 1
        assert steps < 100, "the reading must end"
    assert step.whole
    assert got == set(cards)

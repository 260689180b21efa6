"""Reading page after page: what is asked, what is taken in, and where it ends."""

from collections.abc import AsyncGenerator, Sequence
from typing import Any

import msgspec
from ingestor.resources import funnel, orders
from ingestor.resources.resource import Position, Resource, Seen, Step
from ingestor.sync.reading import steps
from ingestor.wb.methods import METHODS
from support.resources import changed


class Reader:
    """Notes what it is asked for; WB answers with the number of the call."""

    def __init__(self, resource: Resource, ids: Sequence[int] = (), pages: int = 3) -> None:
        self.ids = list(ids)
        self.calls: list[dict[str, Any]] = []
        self.taken: list[tuple[Position, bytes]] = []
        self.resource = changed(
            resource,
            ask=lambda position: {"params": dict(position)},
            advance=lambda position, seen: Step({"page": position.get("page", 0) + 1}, done=seen.size == pages),
        )

    def steps(self, position: Position) -> AsyncGenerator[Step]:
        return steps(self.resource, position, subjects=self.subjects, call=self.call, take_in=self.take_in)

    async def subjects(self, position: Position) -> Sequence[int]:
        next_ids, self.ids = self.ids[:2], self.ids[2:]
        return next_ids

    async def call(self, asked: dict[str, Any]) -> bytes:
        self.calls.append(asked)
        return b"%d" % len(self.calls)

    async def take_in(self, position: Position, body: bytes) -> Step:
        self.taken.append((position, body))
        return self.resource.reading.advance(position, Seen([msgspec.Raw(b"")] * len(self.calls)))


async def test_page_after_page_until_one_is_the_last() -> None:
    reader = Reader(orders.RESOURCE)
    assert [step.done async for step in reader.steps({"page": 0})] == [False, False, True]
    assert reader.taken == [({"page": 0}, b"1"), ({"page": 1}, b"2"), ({"page": 2}, b"3")]
    assert [call["method"] for call in reader.calls] == [METHODS["orders"]] * 3


async def test_a_call_may_be_of_another_method() -> None:
    reader = Reader(orders.RESOURCE, pages=1)
    reader.resource = changed(reader.resource, ask=lambda _: {"method": METHODS["ping"]})
    assert [step async for step in reader.steps({})]
    assert reader.calls == [{"method": METHODS["ping"]}]


async def test_ids_are_asked_about_until_none_is_left() -> None:
    reader = Reader(funnel.RESOURCE, ids=[1, 2, 3], pages=9)
    assert [step.done async for step in reader.steps({})] == [False, False]
    assert [call["params"]["ids"] for call in reader.calls] == [[1, 2], [3]]


async def test_ids_at_hand_are_asked_about_first() -> None:
    reader = Reader(funnel.RESOURCE, pages=1)
    assert len([step async for step in reader.steps({"ids": [7]})]) == 1
    assert reader.calls[0]["params"] == {"ids": [7]}


async def test_without_ids_nothing_is_called() -> None:
    reader = Reader(funnel.RESOURCE)
    assert [step async for step in reader.steps({})] == []
    assert reader.calls == []

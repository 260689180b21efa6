"""Paging by `lastChangeDate` as a whole: whatever the pages are, every row is read (its steps: test_orders.py)."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from contracts.model import MOSCOW
from hypothesis import given, settings
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
    position, got, steps = resource.begin(None, START), set(), 0
    while True:
        steps += 1
        assert steps < 100, "the reading must end"
        params = resource.ask(position)["params"]
        if params["flag"] == "1":
            page = [row for row in rows if row["date"][:10] == params["dateFrom"]]
        else:
            bound = params["dateFrom"]
            page = [r for r in rows if r["lastChangeDate"] > bound or (inclusive and r["lastChangeDate"] == bound)]
            page = page[:page_rows]
        found = resource.read(json.dumps(page).encode()).rows
        assert resource.glance is not None
        glanced = [resource.glance(each) for each in found]
        got |= {key for key, _ in glanced}
        step = resource.advance(position, Seen(found, [mark for _, mark in glanced]))
        if step.done:
            break
        position = json.loads(json.dumps(step.position))
    assert len(got) == len(rows)

"""Cursors: opaque to callers, exact for us."""

import base64
import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from gateway.sorting import Key, NotACursor, Sorting
from hypothesis import given
from hypothesis import strategies as st

MOMENTS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds, the zone is given beside them
NEWEST_FIRST = Sorting("-at", (Key("at", "timestamptz"), Key("id", "uuid")), descending=True)
EVERY_TYPE = Sorting("all", tuple(Key(each, each) for each in ("bigint", "date", "numeric", "text", "timestamptz")))


def cursor_of(at: datetime, order_id: UUID) -> str:
    place: Any = {"at": at, "id": order_id}
    return NEWEST_FIRST.cursor(place)


def spelt(*values: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


@given(moment=MOMENTS, order_id=st.uuids())
def test_leads_to_the_same_place_to_the_microsecond(moment: datetime, order_id: UUID) -> None:
    cursor = cursor_of(moment, order_id)
    assert NEWEST_FIRST.place(cursor) == [moment, order_id]
    assert cursor == cursor_of(moment.astimezone(timezone(timedelta(hours=3))), order_id)
    assert cursor.replace("-", "").replace("_", "").isalnum()


@given(
    whole=st.integers(-(2**63), 2**63 - 1),
    day=st.dates(),
    number=st.decimals(allow_nan=False, min_value=-(10**14), max_value=10**14, places=4)
    | st.just(Decimal("-Infinity")),
    words=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40),
    moment=MOMENTS,
)
def test_every_type_of_key_comes_back_as_it_was(
    whole: int, day: date, number: Decimal, words: str, moment: datetime
) -> None:
    place: Any = {"bigint": whole, "date": day, "numeric": number, "text": words, "timestamptz": moment}
    assert EVERY_TYPE.place(EVERY_TYPE.cursor(place)) == list(place.values())


@given(st.text(max_size=120) | st.binary(max_size=80).map(lambda b: base64.urlsafe_b64encode(b).decode()))
def test_refuses_whatever_it_did_not_make(value: str) -> None:
    with pytest.raises(NotACursor):
        NEWEST_FIRST.place(value)


@pytest.mark.parametrize(
    "value",
    [
        spelt("-at", "2026-11-20T15:00:00+03:00", str(UUID(int=1))),
        spelt("-at", "2026-11-20T12:00:00", str(UUID(int=1))),
        spelt("-at", "0001-01-01T00:00:00+03:00", str(UUID(int=1))),
        spelt("at", "2026-11-20T12:00:00+00:00", str(UUID(int=1))),
        spelt("-at", "2026-11-20T12:00:00+00:00"),
        cursor_of(datetime(2026, 11, 20, 12, tzinfo=UTC), uuid4()) + "=",
    ],
)
def test_refuses_what_is_spelt_otherwise_outside_the_calendar_or_of_another_order(value: str) -> None:
    with pytest.raises(NotACursor):
        NEWEST_FIRST.place(value)

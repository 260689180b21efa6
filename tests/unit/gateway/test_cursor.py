"""Cursors: opaque to callers, exact for us."""

import base64
from datetime import UTC, datetime, timedelta, timezone
from uuid import uuid4

import pytest
from gateway.orders import Cursor
from hypothesis import given
from hypothesis import strategies as st

MOMENTS = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds, the zone is given beside them


class TestCursor:
    @given(moment=MOMENTS, order_id=st.uuids())
    def test_decodes_to_the_same_place_to_the_microsecond(self, moment: datetime, order_id: object) -> None:
        cursor = Cursor(moment, order_id)  # type: ignore[arg-type]  # a UUID
        assert Cursor.decode(cursor.encode()) == cursor
        assert cursor.encode().replace("-", "").replace("_", "").isalnum()

    @given(st.text(max_size=120) | st.binary(max_size=80).map(lambda b: base64.urlsafe_b64encode(b).decode()))
    def test_refuses_whatever_it_did_not_make(self, value: str) -> None:
        with pytest.raises(ValueError, match="not a cursor"):
            Cursor.decode(value)

    def test_refuses_the_same_place_spelt_otherwise(self) -> None:
        moment = datetime(2026, 11, 20, 12, tzinfo=UTC)
        in_moscow = moment.astimezone(timezone(timedelta(hours=3)))
        padded = Cursor(moment, uuid4()).encode() + "="
        for value in (
            Cursor(in_moscow, uuid4()).encode(),
            Cursor(moment.replace(tzinfo=None), uuid4()).encode(),
            padded,
        ):
            with pytest.raises(ValueError, match="not a cursor"):
                Cursor.decode(value)

    def test_refuses_a_moment_outside_the_calendar(self) -> None:
        value = base64.urlsafe_b64encode(f"0001-01-01T00:00:00+03:00 {uuid4()}".encode()).decode().rstrip("=")
        with pytest.raises(ValueError, match="not a cursor"):
            Cursor.decode(value)

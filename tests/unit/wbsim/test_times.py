import pytest
from hypothesis import given
from hypothesis import strategies as st
from wbsim import times

NOON_UTC = 1_795_262_400.75  # 2026-11-21T12:00:00.75Z


class TestShapes:
    def test_statistics_time_is_moscow_without_zone_or_fraction(self) -> None:
        assert times.moscow(NOON_UTC) == "2026-11-21T15:00:00"

    def test_feedback_time_carries_its_offset(self) -> None:
        assert times.moscow_with_offset(NOON_UTC) == "2026-11-21T15:00:00+03:00"

    def test_card_time_is_utc_and_drops_trailing_zeros(self) -> None:
        assert times.card_time(1_701_861_420_965_770) == "2023-12-06T11:17:00.96577Z"

    def test_error_time_is_utc_with_z(self) -> None:
        assert times.problem_time(NOON_UTC) == "2026-11-21T12:00:00Z"

    def test_a_moscow_day_begins_at_21_utc_of_the_day_before(self) -> None:
        assert times.moscow_day(NOON_UTC) == 1_795_208_400

    @given(st.integers(0, 4_000_000_000_000_000))
    def test_a_card_time_sent_back_verbatim_is_the_same_moment(self, microseconds: int) -> None:
        assert times.parse_card_time(times.card_time(microseconds)) == microseconds

    @given(st.integers(0, 4_000_000_000))
    def test_a_last_change_date_sent_back_is_the_same_moment(self, seconds: int) -> None:
        assert times.parse_date_from(times.moscow(seconds)) == seconds


class TestParseDateFrom:
    @pytest.mark.parametrize(
        ("text", "seconds"),
        [
            ("2019-06-20", 1_560_978_000),
            ("2019-06-20T23:59:59", 1_561_064_399),
            ("2019-06-20T00:00:00.12345", 1_560_978_000.12345),
            ("2019-06-20T00:00:00Z", 1_560_988_800),
        ],
    )
    def test_reads_every_form_of_the_contract(self, text: str, seconds: float) -> None:
        assert times.parse_date_from(text) == pytest.approx(seconds)

    @pytest.mark.parametrize("text", ["", "soon", "20.06.2019", "2019-06-20 10:00:00", "2019-13-40", "1560978000"])
    def test_refuses_anything_else(self, text: str) -> None:
        with pytest.raises(ValueError, match=r".+"):
            times.parse_date_from(text)

    def test_refuses_a_cursor_without_zone(self) -> None:
        with pytest.raises(ValueError, match="zone"):
            times.parse_card_time("2023-12-06T11:17:00.96577")

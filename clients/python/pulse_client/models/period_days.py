from typing import Literal

PeriodDays = Literal[7, 14, 30, 60, 90]

PERIOD_DAYS_VALUES: set[PeriodDays] = {
    7,
    14,
    30,
    60,
    90,
}


def check_period_days(value: int) -> PeriodDays:
    if value in PERIOD_DAYS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PERIOD_DAYS_VALUES!r}")

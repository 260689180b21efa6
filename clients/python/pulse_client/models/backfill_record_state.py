from typing import Literal

BackfillRecordState = Literal["done", "failed", "reading", "waiting"]

BACKFILL_RECORD_STATE_VALUES: set[BackfillRecordState] = {
    "done",
    "failed",
    "reading",
    "waiting",
}


def check_backfill_record_state(value: str) -> BackfillRecordState:
    if value in BACKFILL_RECORD_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {BACKFILL_RECORD_STATE_VALUES!r}")

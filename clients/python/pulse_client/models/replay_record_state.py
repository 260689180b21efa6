from typing import Literal

ReplayRecordState = Literal["done", "running", "stopped"]

REPLAY_RECORD_STATE_VALUES: set[ReplayRecordState] = {
    "done",
    "running",
    "stopped",
}


def check_replay_record_state(value: str) -> ReplayRecordState:
    if value in REPLAY_RECORD_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {REPLAY_RECORD_STATE_VALUES!r}")

from typing import Literal

ReplayChangesStateType0 = Literal["done", "running", "stopped"]

REPLAY_CHANGES_STATE_TYPE_0_VALUES: set[ReplayChangesStateType0] = {
    "done",
    "running",
    "stopped",
}


def check_replay_changes_state_type_0(value: str) -> ReplayChangesStateType0:
    if value in REPLAY_CHANGES_STATE_TYPE_0_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {REPLAY_CHANGES_STATE_TYPE_0_VALUES!r}")

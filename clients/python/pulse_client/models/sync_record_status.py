from typing import Literal

SyncRecordStatus = Literal["completed", "failed", "queued", "running"]

SYNC_RECORD_STATUS_VALUES: set[SyncRecordStatus] = {
    "completed",
    "failed",
    "queued",
    "running",
}


def check_sync_record_status(value: str) -> SyncRecordStatus:
    if value in SYNC_RECORD_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SYNC_RECORD_STATUS_VALUES!r}")

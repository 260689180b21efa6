from typing import Literal

DeliveryRecordStatus = Literal["delivered", "dropped", "failed", "held", "pending", "sending"]

DELIVERY_RECORD_STATUS_VALUES: set[DeliveryRecordStatus] = {
    "delivered",
    "dropped",
    "failed",
    "held",
    "pending",
    "sending",
}


def check_delivery_record_status(value: str) -> DeliveryRecordStatus:
    if value in DELIVERY_RECORD_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DELIVERY_RECORD_STATUS_VALUES!r}")

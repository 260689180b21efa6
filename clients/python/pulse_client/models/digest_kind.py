from typing import Literal

DigestKind = Literal["day", "month", "week"]

DIGEST_KIND_VALUES: set[DigestKind] = {
    "day",
    "month",
    "week",
}


def check_digest_kind(value: str) -> DigestKind:
    if value in DIGEST_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DIGEST_KIND_VALUES!r}")

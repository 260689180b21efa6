from typing import Literal

TokenKind = Literal["base", "personal", "service", "test"]

TOKEN_KIND_VALUES: set[TokenKind] = {
    "base",
    "personal",
    "service",
    "test",
}


def check_token_kind(value: str) -> TokenKind:
    if value in TOKEN_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TOKEN_KIND_VALUES!r}")

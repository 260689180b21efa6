from typing import Literal

SessionOpenedWith = Literal["mini_app", "telegram"]

SESSION_OPENED_WITH_VALUES: set[SessionOpenedWith] = {
    "mini_app",
    "telegram",
}


def check_session_opened_with(value: str) -> SessionOpenedWith:
    if value in SESSION_OPENED_WITH_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SESSION_OPENED_WITH_VALUES!r}")

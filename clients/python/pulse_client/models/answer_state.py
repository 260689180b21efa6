from typing import Literal

AnswerState = Literal["answered", "any", "waiting"]

ANSWER_STATE_VALUES: set[AnswerState] = {
    "answered",
    "any",
    "waiting",
}


def check_answer_state(value: str) -> AnswerState:
    if value in ANSWER_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ANSWER_STATE_VALUES!r}")

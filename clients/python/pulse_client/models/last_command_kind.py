from typing import Literal

LastCommandKind = Literal["question_answer", "question_reject", "review_answer", "review_answer_edit"]

LAST_COMMAND_KIND_VALUES: set[LastCommandKind] = {
    "question_answer",
    "question_reject",
    "review_answer",
    "review_answer_edit",
}


def check_last_command_kind(value: str) -> LastCommandKind:
    if value in LAST_COMMAND_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LAST_COMMAND_KIND_VALUES!r}")

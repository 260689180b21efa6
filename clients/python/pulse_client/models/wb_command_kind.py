from typing import Literal

WbCommandKind = Literal["question_answer", "question_reject", "review_answer", "review_answer_edit"]

WB_COMMAND_KIND_VALUES: set[WbCommandKind] = {
    "question_answer",
    "question_reject",
    "review_answer",
    "review_answer_edit",
}


def check_wb_command_kind(value: str) -> WbCommandKind:
    if value in WB_COMMAND_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {WB_COMMAND_KIND_VALUES!r}")

from typing import Literal

ListQuestionsFormat = Literal["csv", "json", "xlsx"]

LIST_QUESTIONS_FORMAT_VALUES: set[ListQuestionsFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_questions_format(value: str) -> ListQuestionsFormat:
    if value in LIST_QUESTIONS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_QUESTIONS_FORMAT_VALUES!r}")

from typing import Literal

ListReviewsFormat = Literal["csv", "json", "xlsx"]

LIST_REVIEWS_FORMAT_VALUES: set[ListReviewsFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_reviews_format(value: str) -> ListReviewsFormat:
    if value in LIST_REVIEWS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_REVIEWS_FORMAT_VALUES!r}")

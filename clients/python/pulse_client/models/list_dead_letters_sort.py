from typing import Literal

ListDeadLettersSort = Literal['["id","ASC"]', '["id","DESC"]']

LIST_DEAD_LETTERS_SORT_VALUES: set[ListDeadLettersSort] = {
    '["id","ASC"]',
    '["id","DESC"]',
}


def check_list_dead_letters_sort(value: str) -> ListDeadLettersSort:
    if value in LIST_DEAD_LETTERS_SORT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_DEAD_LETTERS_SORT_VALUES!r}")

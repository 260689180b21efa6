from typing import Literal

ListWebhooksFormat = Literal["csv", "json", "xlsx"]

LIST_WEBHOOKS_FORMAT_VALUES: set[ListWebhooksFormat] = {
    "csv",
    "json",
    "xlsx",
}


def check_list_webhooks_format(value: str) -> ListWebhooksFormat:
    if value in LIST_WEBHOOKS_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_WEBHOOKS_FORMAT_VALUES!r}")

"""Which file is asked for, by the parameter `format` or by what the caller accepts."""

from enum import StrEnum


class FileFormat(StrEnum):
    """Files that a list is given as."""

    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    FileFormat.CSV: "text/csv",
    FileFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_ROWS = {FileFormat.CSV: 1_000_000, FileFormat.XLSX: 1_048_575}
"""Of a list that is given as a file; a sheet of Excel has one row more, for the titles."""

_MARKS = tuple(f"format={each}".encode() for each in FileFormat)


def may_be_a_file(query: bytes, accept: str | None) -> bool:
    """Whether the request may ask for a file: then it is no question whose answer is kept."""
    return accepted(accept) is not None or any(mark in query for mark in _MARKS)


def accepted(accept: str | None) -> FileFormat | None:
    """The file that the header `Accept` prefers to JSON; none: it does not."""
    if accept is None or not any(media_type in accept for media_type in MEDIA_TYPES.values()):
        return None
    best: tuple[float, FileFormat | None] = (0.0, None)
    for part in accept.split(","):
        media_type, *parameters = (each.strip() for each in part.split(";"))
        weight = _weight(parameters)
        found = next((each for each, known in MEDIA_TYPES.items() if known == media_type.lower()), None)
        is_json = media_type.lower() in ("application/json", "application/*", "*/*")
        if (found or is_json) and weight > best[0]:
            best = weight, found
    return best[1]


def _weight(parameters: list[str]) -> float:
    for each in parameters:
        name, _, value = each.partition("=")
        if name.strip().lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0

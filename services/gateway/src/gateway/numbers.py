"""Numbers in headers, which come as text of any length."""


def whole_number(text: str, most: int) -> int | None:
    """The number that ASCII digits spell, leading zeros or not; None for other text and for more than `most`."""
    # `int` refuses thousands of digits with an error of its own, and takes time by the square of hundreds.
    digits = text.lstrip("0") if text.isascii() and text.isdigit() else None
    if digits is None or len(digits) > len(str(most)):
        return None
    number = int(digits or "0")
    return number if number <= most else None
